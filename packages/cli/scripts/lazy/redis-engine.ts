/** What runs a fleet, in a file of its own without white space: it is large, and few commands load it. */
export { DelayedError, Job, Queue, UnrecoverableError, WaitingError, Worker } from 'bullmq'
export { Redis, ReplyError } from 'ioredis'
