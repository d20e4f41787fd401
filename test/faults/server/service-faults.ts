import type { FaultRule, FaultRules } from '@ahi-dicom/ahi-emulator'

/** The share of requests that {@link serviceFaults} lets fail. */
export const faultShare = 0.05 + 0.02 + 0.01 + 0.005

/** A bad night: throttling, resets, truncated bodies, errors of the server, and latency at random. */
export function serviceFaults(operations?: readonly string[]): FaultRules {
  const rules: FaultRule[] = [
    { rate: 0.05, fault: { kind: 'error', code: 'ThrottlingException' } },
    { rate: 0.02, fault: { kind: 'reset' } },
    { rate: 0.01, fault: { kind: 'truncate' } },
    { rate: 0.005, fault: { kind: 'error', code: 'InternalServerException' } },
    { fault: { kind: 'latency', ms: { least: 0, greatest: 20 } } },
  ]
  return { seed: 10, rules: operations === undefined ? rules : rules.map((rule) => ({ ...rule, operations })) }
}
