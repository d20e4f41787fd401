import type { EmulatorCounters } from '@ahi-dicom/ahi-emulator'

/** Returns the number of requests by operation. */
export function requestsByOperation({ requests }: EmulatorCounters): ReadonlyMap<string, number> {
  return new Map(Object.entries(requests).map(([operation, statuses]) => [operation, sum(Object.values(statuses))]))
}

/** Returns the number of all requests. */
export function countRequests(counters: EmulatorCounters): number {
  return sum([...requestsByOperation(counters).values()])
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
