import type { ServiceOutage } from '@ahi-dicom/ahi-client'
import type { Log } from './log.ts'
import { formatSeconds } from './quantities.ts'

/** Logs that AHI does not answer, or that it answers again. */
export function tellOutage(log: Log, { since, until, reason }: ServiceOutage): void {
  if (until === undefined) {
    const time = since.toISOString().slice(0, 19)
    log.warn(`AHI is unavailable since ${time}Z: ${reason}; waiting until it answers`, { event: 'outage' })
  } else {
    log.warn(`AHI is available again after ${formatSeconds((until.getTime() - since.getTime()) / 1000)}`, {
      event: 'outage-over',
    })
  }
}
