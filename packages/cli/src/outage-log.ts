import type { ServiceOutage } from '@ahi-dicom/ahi-client'
import type { Log } from './log.ts'
import { formatSeconds } from './quantities.ts'

/** Writes that AHI is away, or that it is back. */
export function tellOutage(log: Log, { since, until, reason }: ServiceOutage): void {
  if (until === undefined) {
    const time = since.toISOString().slice(0, 19)
    log.warn(`AHI is away since ${time}Z: ${reason}; waiting until it is back`, { event: 'outage' })
  } else {
    log.warn(`AHI is back after ${formatSeconds((until.getTime() - since.getTime()) / 1000)}`, {
      event: 'outage-over',
    })
  }
}
