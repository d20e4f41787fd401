import type http from 'node:http'

import { ServiceFailure } from '../errors/service-failure.ts'

/** A request on its way to a host. */
export interface OpenedRequest {
  readonly sent: http.ClientRequest
  /** Of the service. */
  readonly host: string
  /** Whether it goes through a proxy. */
  readonly isProxied: boolean
}

/** Calls `fail` if the proxy refuses the tunnel. Its answer would else be taken for that of the service. */
export function onRefusedTunnel({ sent, isProxied }: OpenedRequest, fail: (failure: ServiceFailure) => void): void {
  if (!isProxied) return
  sent.on('proxyConnect', ({ statusCode }: { readonly statusCode: number }) => {
    if (statusCode !== 200) fail(refusedByProxy(statusCode))
  })
}

/** The failure of a proxy that answers itself, with an error. */
export function refusedByProxy(statusCode: number): ServiceFailure {
  if (statusCode === 407) {
    return new ServiceFailure('AHI_ACCESS_DENIED', 'the proxy asks for a user name and a password (407)', {
      statusCode,
      isMisdirected: true,
      advice: 'give them in HTTPS_PROXY or HTTP_PROXY, as http://user:password@host:port',
    })
  }
  const mayPass = statusCode >= 500 || statusCode === 429
  return new ServiceFailure(
    mayPass ? 'AHI_UNAVAILABLE' : 'AHI_ACCESS_DENIED',
    `the proxy refuses the connection (${statusCode})`,
    {
      statusCode,
      retryable: mayPass,
      isMisdirected: !mayPass,
      advice: mayPass ? undefined : 'have the proxy allow the host of the service, or name it in NO_PROXY',
    },
  )
}
