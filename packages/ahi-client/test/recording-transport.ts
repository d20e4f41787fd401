import type { HttpRequest, HttpTransport } from '../src/http/http-transport.ts'

/** Sends nothing, answers everything with `answer`, and keeps what it was to send. */
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
      return { statusCode: 200, headers: {}, body, destroy: () => {}, closed: Promise.resolve() }
    },
    close: () => {},
  }
}

/** What a connection over `transport` goes through. */
export function meansOf(transport: HttpTransport): { transport: HttpTransport; clockOffset: { ms: number } } {
  return { transport, clockOffset: { ms: 0 } }
}
