import { MessageChannel, type MessagePort } from 'node:worker_threads'

import { connectionErrorOf } from '../errors/subject.ts'
import { serveCredentials } from '../service/credential-port.ts'
import type { MaxRates } from '../timing/paces.ts'
import type { ServiceLimits } from '../service/service-access.ts'
import type { ServiceTarget } from '../service/service-target.ts'
import { offAbort, onAbort } from '../timing/abort.ts'
import { checkCount } from './check-count.ts'
import type { SharedAccess, ShareAccessOptions } from './shared-access.ts'

/** Parts of a client that it shares. */
interface Shareable {
  readonly limits: ServiceLimits
  readonly maxRates: MaxRates
  /** Goes to the other threads as it is. */
  readonly memory: SharedAccess['memory']
  /** Ends the ports. */
  readonly closing: AbortSignal
  /** Finds the service. */
  readonly target: () => Promise<ServiceTarget>
  readonly certificates: () => Promise<readonly string[] | undefined>
}

/** Makes the `shareAccess` of one client. */
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

/** The share of the connections that the client begins with. */
function firstOf({ firstConnections, maxConnections }: ServiceLimits, connections: number): number {
  return Math.ceil((connections * firstConnections) / maxConnections)
}

/** A port that is closed from the other side, or by the end of its thread, is forgotten. */
function closeWith(closing: AbortSignal, port: MessagePort): void {
  const close = (): void => port.close()
  onAbort(closing, close)
  port.once('close', () => offAbort(closing, close))
}
