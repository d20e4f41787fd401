import type http from 'node:http'

import { ServiceFailure } from '../errors/service-failure.ts'

/** A request that is being sent to a host. */
export interface OpenedRequest {
  readonly sent: http.ClientRequest
  /** Host of the service. */
  readonly host: string
  /** True if the request goes through a proxy. */
  readonly isProxied: boolean
}

/**
 * Calls `fail` if the proxy refuses the tunnel. Otherwise the proxy's answer would pass for an answer of the service.
 *
 * @example
 * import { http, onRefusedTunnel } from '@ahi-dicom/ahi-client/http'
 *
 * const sent = http.request('http://pacs.example/dicom-web/studies')
 * onRefusedTunnel({ sent, host: 'pacs.example', isProxied: true }, (failure) => sent.destroy(failure))
 * sent.end()
 */
export function onRefusedTunnel({ sent, isProxied }: OpenedRequest, fail: (failure: ServiceFailure) => void): void {
  if (!isProxied) return
  sent.on('proxyConnect', ({ statusCode }: { readonly statusCode: number }) => {
    if (statusCode !== 200) fail(refusedByProxy(statusCode))
  })
}

/** Returns the failure for an error that the proxy itself answered. */
export function refusedByProxy(statusCode: number): ServiceFailure {
  if (statusCode === 407) {
    return new ServiceFailure('AHI_ACCESS_DENIED', 'the proxy asks for a user name and a password (407)', {
      statusCode,
      isMisdirected: true,
      advice: 'give them in HTTPS_PROXY or HTTP_PROXY, as http://user:password@host:port',
    })
  }
  const isTemporary = statusCode >= 500 || statusCode === 429
  return new ServiceFailure(
    isTemporary ? 'AHI_UNAVAILABLE' : 'AHI_ACCESS_DENIED',
    `the proxy refuses the connection (${statusCode})`,
    {
      statusCode,
      retryable: isTemporary,
      isMisdirected: !isTemporary,
      advice: isTemporary ? undefined : 'allow the host of the service in the proxy, or add it to NO_PROXY',
    },
  )
}
