import type { Job } from './job.ts'
import type { Lanes } from './lanes.ts'

/** Large objects take seconds. An unavailable service takes longer, and is not waited for. */
const defaultTimeoutMs = 30_000

/** Ends a job gently when its `stop` aborts. Dispose of it after the job has ended. */
export function watchStop(job: Job, lanes: Lanes): Disposable {
  const { stop, stopTimeoutMs: timeoutMs = defaultTimeoutMs, onStop } = job.options
  let timer: NodeJS.Timeout | undefined

  function finish(): void {
    if (job.signal.aborted) return
    const instances = lanes.stop()
    timer = setTimeout(job.interrupt, timeoutMs)
    onStop?.({ instances, timeoutMs })
  }

  stop?.addEventListener('abort', finish, { once: true })
  return {
    [Symbol.dispose]() {
      stop?.removeEventListener('abort', finish)
      clearTimeout(timer)
    },
  }
}
