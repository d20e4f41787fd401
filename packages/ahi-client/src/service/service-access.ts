import { untilAborted } from '../timing/abort.ts'
import type { Clock } from '../timing/clock.ts'
import { retryableByServerTime } from './clock-skew.ts'
import { createHttpTransport } from '../http/http-transport.ts'
import type { HttpStream } from '../http/http-stream.ts'
import { createImageSetBytes, type ImageSetBytes } from './image-set-bytes.ts'
import { connect, type Connection, type ConnectionOptions } from './medical-imaging.ts'
import { createPaceMemory, createPaces } from '../timing/paces.ts'
import { createRetries, type Retries } from '../timing/retry.ts'
import { ServiceFailure } from '../errors/service-failure.ts'
import { createLimiter } from '../timing/limiter.ts'
import { type StreamedBytes, streamedBytes } from '../http/streamed-bytes.ts'
import { ahiErrorOf, type Operation, type Subject } from '../errors/subject.ts'

/** The service, once it is known where it is and who asks. */
interface Service {
  readonly connection: Connection
  readonly bytes: ImageSetBytes
}

/** Bounds of all requests of a client. */
export interface ServiceLimits {
  readonly maxConnections: number
  readonly maxAttempts: number
  readonly requestTimeoutMs: number
  readonly conflictTimeoutMs: number
}

/** Requests with their retries, under the limits of one client. What fails for good rejects with an `AhiError`. */
export interface ServiceAccess {
  /** One request, whose `call` is repeated. */
  readonly request: <T>(
    subject: Subject,
    signal: AbortSignal | undefined,
    call: (service: Service) => Promise<T>,
  ) => Promise<T>
  /** One request whose answer is read as it comes; it is repeated also when that breaks off. */
  stream(
    subject: Subject,
    signal: AbortSignal | undefined,
    call: (service: Service) => Promise<HttpStream>,
  ): Promise<StreamedBytes>
  /** Closes the sockets; requests under way fail. */
  readonly close: () => Promise<void>
}

/** Makes the access of one client. It connects with the first request. */
export function createServiceAccess(options: ConnectionOptions, limits: ServiceLimits, time: Clock): ServiceAccess {
  const { maxConnections, requestTimeoutMs } = limits
  const transport = createHttpTransport({ maxConnections, timeoutMs: requestTimeoutMs })
  const closing = new AbortController()
  const clock = clockUntil(closing.signal, time)
  const connections = createLimiter(maxConnections)
  const paces = createPaces(clock, createPaceMemory())
  let service: Promise<Service> | undefined

  async function connectService(): Promise<Service> {
    try {
      const connection = await connect(options, transport)
      return { connection, bytes: createImageSetBytes(connection, transport) }
    } catch (error) {
      service = undefined
      throw error
    }
  }

  async function attempt<T>(call: (service: Service) => Promise<T>): Promise<T> {
    closing.signal.throwIfAborted()
    const connected = await (service ??= connectService())
    try {
      return await call(connected)
    } catch (error) {
      throw retryableByServerTime(error, connected.connection)
    }
  }

  function retriesOf(operation: Operation, signal: AbortSignal | undefined): Retries {
    return createRetries({ clock, limits, pace: paces(operation), connections, signal })
  }

  return {
    request: async (subject, signal, call) => {
      signal?.throwIfAborted()
      const retries = retriesOf(subject.operation, signal)
      try {
        return await untilAborted(
          retries.run(() => attempt(call)),
          signal,
        )
      } catch (error) {
        signal?.throwIfAborted()
        throw ahiErrorOf(error, subject)
      }
    },
    stream: async (subject, signal, call) => {
      signal?.throwIfAborted()
      const retries = retriesOf(subject.operation, signal)
      // An answer that comes when nobody waits for it any more is ended by the signal, and its connection released.
      const open = (): Promise<HttpStream> =>
        untilAborted(
          retries.run(async (keepConnection) => {
            const stream = await attempt(call)
            void stream.closed.then(keepConnection())
            return stream
          }),
          signal,
        )
      const errorOf = (error: unknown): unknown =>
        signal?.aborted === true ? signal.reason : ahiErrorOf(error, subject)
      try {
        return streamedBytes(await open(), { reopen: open, backOff: (error) => retries.backOff(error), errorOf })
      } catch (error) {
        throw errorOf(error)
      }
    },
    close: async () => {
      closing.abort(new ServiceFailure('AHI_UNAVAILABLE', 'the client is closed'))
      transport.close()
    },
  }
}

/** A clock whose waiting ends with `closing`, so that a closed client keeps no timer. */
function clockUntil(closing: AbortSignal, clock: Clock): Clock {
  return {
    ...clock,
    wait: (ms, signal) => clock.wait(ms, signal === undefined ? closing : AbortSignal.any([signal, closing])),
  }
}
