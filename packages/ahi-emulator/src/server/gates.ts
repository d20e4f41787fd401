import { documentedQuotas, type Quotas } from '@ahi-dicom/ahi-client/quotas'
import { createAuthenticator, type AuthenticationOptions, type Authenticator } from '../access/authentication.ts'
import { createQuotaGate, type QuotaGate } from '../access/quotas.ts'
import { createFaultInjector, type FaultInjector } from '../faults/fault-injector.ts'
import type { FaultRules } from '../faults/fault-rules.ts'
import type { ReceivedRequest } from '../operation/received-request.ts'
import { createCounterGate, type CounterGate } from './counters.ts'

/** The checks and counters that every request passes. */
export interface Gates {
  readonly counters: CounterGate
  readonly faults: FaultInjector
  readonly authenticate: Authenticator | undefined
  readonly quotas: QuotaGate | undefined
  readonly onRequest: ((request: ReceivedRequest) => void) | undefined
}

/** Options of {@link createGates}. */
export interface GateOptions {
  readonly authentication?: AuthenticationOptions | undefined
  /** `true` for the rates that the service documents. */
  readonly quotas?: boolean | Quotas | undefined
  readonly faults?: FaultRules | undefined
  /** Called with every request of the API. */
  readonly onRequest?: ((request: ReceivedRequest) => void) | undefined
  readonly region: string
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** Creates the gates of one emulator. */
export function createGates({ authentication, quotas = false, faults, onRequest, region, now }: GateOptions): Gates {
  return {
    counters: createCounterGate(),
    faults: createFaultInjector(faults ?? { rules: [] }),
    authenticate: authentication === undefined ? undefined : createAuthenticator(authentication, { region, now }),
    quotas: quotas === false ? undefined : createQuotaGate(quotas === true ? documentedQuotas : quotas, now),
    onRequest,
  }
}
