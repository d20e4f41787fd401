import { ServiceFailure } from '../errors/service-failure.ts'
import { type Operation, operations } from '../errors/operations.ts'
import { ahiErrorOf, type Subject } from '../errors/subject.ts'
import type { HttpStream } from '../http/http-stream.ts'
import { createHttpTransport, type HttpTransport } from '../http/http-transport.ts'
import type { ReceiveMemory } from '../http/receive-memory.ts'
import { type StreamedBytes, streamedBytes } from '../http/streamed-bytes.ts'
import { untilAborted } from '../timing/abort.ts'
import { type Clock, clockUntil } from '../timing/clock.ts'
import { createConflicts } from '../timing/conflicts.ts'
import { createConnections } from '../timing/connections.ts'
import type { Outage } from '../timing/outage.ts'
import { createOutages, type HostUrls } from '../timing/outages.ts'
import { createPaces, type MaxRates } from '../timing/paces.ts'
import type { RequestCounter } from '../timing/request-counts.ts'
import { createRetries, type Retries } from '../timing/retry.ts'
import { type ServiceOutage, watchOutages } from '../timing/watch-outages.ts'
import { type ClockOffset, retryableByServerTime } from './clock-offset.ts'
import type { ByteLimits } from './image-set-bytes.ts'

/** Limits of all requests of a client. */
export interface ServiceLimits extends ByteLimits {
  readonly maxConnections: number
  /** Number of connections at first. It grows to `maxConnections` if that brings more requests. */
  readonly firstConnections: number
  readonly maxAttempts: number
  readonly requestTimeoutMs: number
  readonly conflictTimeoutMs: number
  readonly outageTimeoutMs: number
  readonly requestDeadlineMs: number
  readonly streamDeadlineMs: number
  readonly minBytesPerSecond: number
}

/** The parts of a client that send its requests. */
export interface ServiceParts<Service> {
  /** Connects to the service. Called with the first request, and again if it fails. */
  readonly connect: (transport: HttpTransport) => Promise<Service>
  readonly limits: ServiceLimits
  readonly clock: Clock
  /** Returns the PEM certificates of the authorities to trust. `undefined` to trust the authorities of Node.js. */
  readonly certificates: () => Promise<readonly string[] | undefined>
  /** Prepares slow parts of the first request, such as credentials. */
  readonly prepare: (service: Service) => Promise<unknown>
  /** Returns the hosts of the service. */
  readonly hostUrls: (service: Service) => HostUrls
  readonly maxRates: MaxRates
  /** Memory of the paces of all operations. */
  readonly paceMemory: SharedArrayBuffer
  /** Memory of the outages of all hosts. */
  readonly outageMemory: SharedArrayBuffer
  readonly clockOffset: ClockOffset
  readonly counterOf: (operation: Operation) => RequestCounter
  /** Wraps each request, for example in a span. */
  readonly observe?: (<T>(subject: Subject, run: () => Promise<T>) => Promise<T>) | undefined
  /** Called when an outage begins or ends, in whatever thread it is noticed. */
  readonly onOutage?: ((outage: ServiceOutage) => void) | undefined
  /** Memory for the bodies of whole answers. */
  readonly memory?: ReceiveMemory | undefined
}

/**
 * Sends requests with retries, within the limits of one client. A request that fails for good rejects with an
 * `AhiError`.
 */
export interface ServiceAccess<Service> {
  /** Connects to the service. Rejects with a `ServiceFailure`. */
  readonly service: () => Promise<Service>
  /** Runs one request. `call` is repeated as needed. */
  readonly request: <T>(
    subject: Subject,
    signal: AbortSignal | undefined,
    call: (service: Service) => Promise<T>,
  ) => Promise<T>
  /** Runs one request with a streamed answer. `call` is also repeated if the body breaks off. */
  readonly stream: (
    subject: Subject,
    signal: AbortSignal | undefined,
    call: (service: Service) => Promise<HttpStream>,
  ) => Promise<StreamedBytes>
  /**
   * Limits the rates of the given operations, and removes other limits, in all threads that share the memory of the
   * paces.
   */
  readonly limitRates: (rates: MaxRates) => void
  /** Aborts when the client is closed. */
  readonly closing: AbortSignal
  /** Closes the sockets. Requests in progress fail. */
  readonly close: () => Promise<void>
}

/** Creates the access of one client. */
export function createServiceAccess<Service>(parts: ServiceParts<Service>): ServiceAccess<Service> {
  const { limits, clockOffset, counterOf, memory, observe = (_, run) => run() } = parts
  let transport: HttpTransport | undefined
  let isPrepared = false
  const closing = new AbortController()
  const clock = clockUntil(closing.signal, parts.clock)
  const conflicts = createConflicts({ clock, timeoutMs: limits.conflictTimeoutMs })
  const connections = createConnections({ clock, first: limits.firstConnections, most: limits.maxConnections })
  const paceOf = createPaces({ clock, memory: parts.paceMemory, maxRates: parts.maxRates, counterOf })
  const { requestTimeoutMs: probeTimeoutMs, outageTimeoutMs } = limits
  const outages = createOutages({ clock, timeoutMs: outageTimeoutMs, probeTimeoutMs, memory: parts.outageMemory })
  if (parts.onOutage !== undefined) watchOutages(outages.all, { clock, closing: closing.signal }, parts.onOutage)
  const service = connectOnce(async () => {
    const certificates = await parts.certificates()
    closing.signal.throwIfAborted()
    transport?.close()
    transport = createHttpTransport({ ...limits, timeoutMs: limits.requestTimeoutMs, certificates, memory })
    return parts.connect(transport)
  })

  async function attempt<T>(call: (service: Service) => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    closing.signal.throwIfAborted()
    const signedOffsetMs = clockOffset.ms
    try {
      return await call(service.current ?? (await untilAborted(service.connected(), signal)))
    } catch (error) {
      throw retryableByServerTime(error, clockOffset, signedOffsetMs)
    }
  }

  /**
   * Connects before the first request takes its turn. Requests that wait for the connection after taking their turn
   * would all start at once and be throttled. If connecting fails, the request meets the same failure and reports it.
   */
  async function prepare(signal: AbortSignal | undefined): Promise<void> {
    const preparing = service.connected().then(parts.prepare)
    await untilAborted(preparing, signal).then(
      () => (isPrepared = true),
      () => undefined,
    )
  }

  function hosts(): HostUrls | undefined {
    return service.current && parts.hostUrls(service.current)
  }

  function retriesOf(operation: Operation, signal: AbortSignal | undefined): Retries {
    const outage = (): Outage => outages.of(operation, hosts())
    const [pace, counter] = [paceOf(operation), counterOf(operation)]
    return createRetries({ clock, limits, pace, counter, outage, conflicts, connections, signal })
  }

  return {
    service: async () => {
      closing.signal.throwIfAborted()
      return service.connected()
    },
    request: async (subject, signal, call) => {
      signal?.throwIfAborted()
      return observe(subject, async () => {
        try {
          if (!isPrepared) await prepare(signal)
          return await retriesOf(subject.operation, signal).run(() => attempt(call, signal))
        } catch (error) {
          throw errorOf(error, subject, signal)
        }
      })
    },
    stream: async (subject, signal, call) => {
      signal?.throwIfAborted()
      const retries = retriesOf(subject.operation, signal)
      const open = (): Promise<HttpStream> =>
        retries.run(async (keepConnection) => {
          const stream = await attempt(call, signal)
          void stream.closed.then(keepConnection())
          return stream
        })
      const continuation = {
        reopen: open,
        backOff: (error: unknown) => retries.backOff(error),
        errorOf: (error: unknown) => errorOf(error, subject, signal),
      }
      return observe(subject, async () => {
        try {
          if (!isPrepared) await prepare(signal)
          return streamedBytes(await open(), continuation)
        } catch (error) {
          throw continuation.errorOf(error)
        }
      })
    },
    limitRates: (rates) => {
      for (const operation of operations) paceOf(operation).limit(rates[operation])
    },
    closing: closing.signal,
    close: async () => {
      closing.abort(new ServiceFailure('AHI_UNAVAILABLE', 'the client is closed', { advice: 'create another client' }))
      transport?.close()
    },
  }
}

function errorOf(error: unknown, subject: Subject, signal: AbortSignal | undefined): unknown {
  return signal?.aborted === true ? signal.reason : ahiErrorOf(error, subject)
}

interface Connecting<Service> {
  /** The service. `undefined` until it is connected. */
  readonly current: Service | undefined
  connected(): Promise<Service>
}

/** Connects on the first call. If that fails, the next call connects again. */
function connectOnce<Service>(connect: () => Promise<Service>): Connecting<Service> {
  let current: Service | undefined
  let connecting: Promise<Service> | undefined

  async function attempt(): Promise<Service> {
    try {
      current = await connect()
      return current
    } finally {
      connecting = undefined
    }
  }

  return {
    get current() {
      return current
    },
    connected: async () => current ?? (connecting ??= attempt()),
  }
}
