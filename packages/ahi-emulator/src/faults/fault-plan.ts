import { ServiceError } from '../operation/service-error.ts'
import type { Random } from '../random.ts'
import type { InjectedFault } from './fault-injector.ts'
import type { Duration } from './fault-rules.ts'

/** The combined effect of a request's faults on its answer. */
export interface FaultPlan {
  /** Delay of the first byte, in milliseconds. */
  readonly delayMs: number
  /** Replaces the operation's answer. */
  readonly replacement: 'reset' | ServiceError | undefined
  readonly body: BodyFaults | undefined
}

/** Faults of a body. Offsets given as 'somewhere' are drawn when the body's length is known. */
export interface BodyFaults {
  readonly bytesPerSecond: number
  readonly cutAfter: number | 'somewhere' | undefined
  readonly truncateAfter: number | 'somewhere' | undefined
  readonly corruptBytes: number
  readonly random: Random
}

/**
 * Combines faults: delays add up, the lowest bandwidth applies, and the first replacement of the answer wins. Returns
 * `undefined` without faults.
 */
export function planFaults(injected: readonly InjectedFault[]): FaultPlan | undefined {
  const [first] = injected
  if (first === undefined) return undefined
  let delayMs = 0
  let replacement: FaultPlan['replacement']
  let body: BodyFaults = {
    bytesPerSecond: Infinity,
    cutAfter: undefined,
    truncateAfter: undefined,
    corruptBytes: 0,
    random: first.random,
  }
  for (const { fault, random } of injected) {
    if (fault.kind === 'latency') delayMs += drawDuration(fault.ms, random)
    else if (fault.kind === 'reset') replacement ??= 'reset'
    else if (fault.kind === 'error') replacement ??= new ServiceError(fault.code, fault.message ?? defaultMessage)
    else if (fault.kind === 'bandwidth')
      body = { ...body, bytesPerSecond: Math.min(body.bytesPerSecond, fault.bytesPerSecond) }
    else if (fault.kind === 'cut') body = { ...body, random, cutAfter: fault.afterBytes ?? 'somewhere' }
    else if (fault.kind === 'truncate') body = { ...body, random, truncateAfter: fault.afterBytes ?? 'somewhere' }
    else body = { ...body, random, corruptBytes: body.corruptBytes + (fault.bytes ?? 1) }
  }
  const shapesBody = injected.some(({ fault }) => ['bandwidth', 'cut', 'truncate', 'corrupt'].includes(fault.kind))
  return { delayMs, replacement, body: shapesBody ? body : undefined }
}

const defaultMessage = 'Injected by a fault rule of the emulator'

function drawDuration(duration: Duration, random: Random): number {
  if (typeof duration === 'number') return duration
  if ('mean' in duration) return Math.max(0, duration.mean + duration.deviation * random.gaussian())
  return random.between(duration.least, duration.greatest)
}
