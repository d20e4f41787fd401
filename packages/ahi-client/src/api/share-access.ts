import { MessageChannel, type MessagePort } from 'node:worker_threads'

import { connectionErrorOf } from '../errors/subject.ts'
import { serveCredentials } from '../service/credential-port.ts'
import type { MaxRates } from '../timing/paces.ts'
import type { ServiceLimits } from '../service/service-access.ts'
import type { ServiceTarget } from '../service/service-target.ts'
import { offAbort, onAbort } from '../timing/abort.ts'
import { checkCount } from './check-count.ts'
import type { SharedAccess, ShareAccessOptions } from './shared-access.ts'

/** The parts of a client that other threads share. */
interface Shareable {
  readonly limits: ServiceLimits
  readonly maxRates: MaxRates
  /** Shared memory, which is sent to the other threads unchanged. */
  readonly memory: SharedAccess['memory']
  /** Closes the ports when it aborts. */
  readonly closing: AbortSignal
  /** Resolves with the endpoints and credentials of the service. */
  readonly target: () => Promise<ServiceTarget>
  readonly certificates: () => Promise<readonly string[] | undefined>
}

/** Creates the method `shareAccess` of a client. */
export function createAccessSharing(client: Shareable): (options: ShareAccessOptions) => Promise<SharedAccess> {
  return async ({ connections }) => {
    checkCount(connections, 'connections', 1)
    try {
      const [target, certificates] = await Promise.all([client.target(), client.certificates()])
      client.closing.throwIfAborted()
      return share(client, { target, certificates }, connections)
    } catch (error) {
      throw connectionErrorOf(error)
    }
  }
}

function share(
  { limits, ...client }: Shareable,
  { target, certificates }: { readonly target: ServiceTarget } & Pick<SharedAccess, 'certificates'>,
  maxConnections: number,
): SharedAccess {
  const { port1, port2 } = new MessageChannel()
  serveCredentials(port1, target.credentials)
  closeWith(client.closing, port1)
  return {
    runtimeEndpoint: target.runtimeEndpoint.href,
    dicomEndpoint: target.dicomEndpoint.href,
    region: target.region,
    certificates,
    limits: { ...limits, maxConnections, firstConnections: firstOf(limits, maxConnections) },
    maxRates: client.maxRates,
    memory: client.memory,
    port: port2,
    transfer: [port2],
  }
}

/** Returns how many of a thread's connections it may use at first: the same fraction as in the client. */
function firstOf({ firstConnections, maxConnections }: ServiceLimits, connections: number): number {
  return Math.ceil((connections * firstConnections) / maxConnections)
}

/**
 * Closes the port when the client closes. Stops listening if the port is closed from the other side, or because its
 * thread ended.
 */
function closeWith(closing: AbortSignal, port: MessagePort): void {
  const close = (): void => port.close()
  onAbort(closing, close)
  port.once('close', () => offAbort(closing, close))
}
