import { onAbort } from './abort.ts'
import type { Clock } from './clock.ts'
import type { Outage } from './outage.ts'

/** An outage of the service. */
export interface ServiceOutage {
  readonly since: Date
  /** Time of the next answer. `undefined` while the service is away. */
  readonly until: Date | undefined
  /** Reason, such as `the service cannot be reached (ECONNREFUSED)`. */
  readonly reason: string
}

interface Watching {
  readonly clock: Clock
  /** Ends the watch when it aborts. */
  readonly closing: AbortSignal
}

/**
 * Calls `onOutage` in this thread when a service goes away and when it is back, whichever thread notices it. Does not keep
 * the process alive.
 */
export function watchOutages(
  outages: readonly Outage[],
  watching: Watching,
  onOutage: (outage: ServiceOutage) => void,
): void {
  for (const outage of outages) {
    onAbort(watching.closing, () => outage.wake())
    void watch(outage, watching, onOutage)
  }
}

async function watch(
  outage: Outage,
  { clock, closing }: Watching,
  onOutage: (outage: ServiceOutage) => void,
): Promise<void> {
  let told: ServiceOutage | undefined
  while (!closing.aborted) {
    const change = outage.changed()
    const current = outage.current()
    if (told === undefined && current !== undefined) {
      const since = new Date(Date.now() - (clock.now() - current.since))
      told = { since, until: undefined, reason: current.reason }
      onOutage(told)
    } else if (told !== undefined && current === undefined) {
      onOutage({ ...told, until: new Date() })
      told = undefined
    }
    await change
  }
}
