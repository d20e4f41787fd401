import { onAbort } from './abort.ts'
import type { Clock } from './clock.ts'
import type { Outage } from './outage.ts'

/** The service is away, or was. */
export interface ServiceOutage {
  readonly since: Date
  /** When it answered again; undefined while it is away. */
  readonly until: Date | undefined
  /** Why it counts as away, such as `the service cannot be reached (ECONNREFUSED)`. */
  readonly reason: string
}

interface Watching {
  readonly clock: Clock
  /** Ends the watch. */
  readonly closing: AbortSignal
}

/** Calls `onOutage` when a service goes away and when it is back, whichever thread finds that. Keeps no process alive. */
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
