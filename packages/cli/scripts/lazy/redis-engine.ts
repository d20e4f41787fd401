/** Packages that run a fleet. They are bundled into a separate minified file, because they are large and few commands load them. */
export { DelayedError, Job, Queue, UnrecoverableError, WaitingError, Worker } from 'bullmq'
export { Redis, ReplyError } from 'ioredis'
