// SPDX-License-Identifier: MIT
#include "fiber/offload.hpp"

#include <condition_variable>
#include <csignal>
#include <mutex>
#include <pthread.h>

namespace kindling::fiber {

namespace {

constexpr std::size_t threads_max = 16;

} // namespace

/// Threads that are started as calls come in, and stay until the program ends.
class OffloadPool {
public:
    static OffloadPool& instance() {
        static OffloadPool pool;
        return pool;
    }

    ~OffloadPool();

    /// False if there is nobody to do it.
    bool add(Offloaded& job);

private:
    static void* work(void* pool);
    void start_thread();
    Offloaded* take();

    std::mutex mutex_;
    std::condition_variable changed_;
    Offloaded *first_ = nullptr, *last_ = nullptr;
    std::size_t busy_count_ = 0; ///< calls that wait or run
    std::size_t threads_count_ = 0;
    bool is_ending_ = false;
    pthread_t threads_[threads_max];
};

OffloadPool::~OffloadPool() {
    {
        std::lock_guard lock(mutex_);
        is_ending_ = true;
    }
    changed_.notify_all();
    for (std::size_t i = 0; i < threads_count_; i++) ::pthread_join(threads_[i], nullptr);
}

/// One that cannot be started is no failure while there are others.
void OffloadPool::start_thread() {
    // Signals are for the threads of loops.
    sigset_t all, before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    if (::pthread_create(&threads_[threads_count_], nullptr, work, this) == 0) threads_count_++;
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

bool OffloadPool::add(Offloaded& job) {
    {
        std::lock_guard lock(mutex_);
        if (busy_count_ == threads_count_ && threads_count_ < threads_max) start_thread();
        if (threads_count_ == 0) return false;
        busy_count_++;
        job.next_ = nullptr;
        (last_ ? last_->next_ : first_) = &job;
        last_ = &job;
    }
    changed_.notify_one();
    return true;
}

/// Waits for a call; null at the end of the program.
Offloaded* OffloadPool::take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return first_ || is_ending_; });
    Offloaded* job = first_;
    if (!job) return nullptr;
    first_ = job->next_;
    if (!first_) last_ = nullptr;
    return job;
}

void* OffloadPool::work(void* value) {
    auto& pool = *static_cast<OffloadPool*>(value);
    while (Offloaded* job = pool.take()) {
        job->call_(*job);
        {
            std::lock_guard lock(pool.mutex_);
            pool.busy_count_--;
        }
        job->loop_->post(*job); // and it is gone
    }
    return nullptr;
}

void Offloaded::finished(Post& post) {
    auto& self = static_cast<Offloaded&>(post);
    self.is_finished_ = true;
    self.waiting_.wake_all();
}

Result<void> Offloaded::carry_out() {
    loop_ = Loop::current();
    if (!OffloadPool::instance().add(*this))
        return Error{Errc::no_memory, "cannot start a thread for a call that blocks"};
    loop_->expect_posts();
    Shield shield(never_ns);
    while (!is_finished_) {
        Wait wait("a call on another thread");
        ASSERT(waiting_.park(wait).has_value());
    }
    loop_->stop_expecting_posts();
    return {};
}

} // namespace kindling::fiber
