import type { HttpRequest, HttpTransport } from '../src/http/http-transport.ts'
import type { connect } from '../src/service/connection.ts'
import type { Connections } from '../src/timing/connections.ts'
import { createLimiter } from '../src/timing/limiter.ts'
import { createRequestCounters, createRequestCountMemory, type RequestCounter } from '../src/timing/request-counts.ts'

/** Returns a transport that sends nothing, always returns `answer`, and records the requests. */
export function recordingTransport(answer: unknown): HttpTransport & { readonly requests: HttpRequest[] } {
  const requests: HttpRequest[] = []
  return {
    requests,
    send: async (request) => {
      requests.push(request)
      return { statusCode: 200, headers: {}, body: new TextEncoder().encode(JSON.stringify(answer)) }
    },
    stream: async (request) => {
      requests.push(request)
      const body = (async function* () {
        yield new TextEncoder().encode(JSON.stringify(answer))
      })()
      return { statusCode: 200, headers: {}, body, received: 0, destroy: () => {}, closed: Promise.resolve() }
    },
    close: () => {},
  }
}

/** Returns the parts of a connection over `transport`. */
export function connectionParts(transport: HttpTransport): Parameters<typeof connect>[1] {
  return { transport, clockOffset: { ms: 0 }, counterOf: createRequestCounters(createRequestCountMemory()) }
}

/** Returns the counter of the requests of one operation. */
export function testCounter(): RequestCounter {
  return createRequestCounters(createRequestCountMemory())('GetImageFrame')
}

/** A quota that no test reaches. */
export const testQuota = { rate: 100_000, burst: 1_000_000 }

/** Returns this number of connections. */
export function testConnections(count: number): Connections {
  return { ...createLimiter(count), paced: () => {} }
}
