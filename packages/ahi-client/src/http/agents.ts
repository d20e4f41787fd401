import type { Agent as HttpAgent } from 'node:http'
import type { Agent as HttpsAgent } from 'node:https'
import type { SocketConstructorOpts } from 'node:net'

import { http, https } from './node-http.ts'

/** Agents that keep sockets open between requests. */
export interface Agents {
  readonly http: HttpAgent
  readonly https: HttpsAgent
}

/** Node reads at most this many bytes of a socket at once. */
const receiveBufferByteLength = 65_536

/** Makes agents of `maxConnections` sockets each, which end a socket that is silent for `timeoutMs`. */
export function createAgents(maxConnections: number, timeoutMs: number): Agents {
  const options = { keepAlive: true, maxSockets: maxConnections, maxFreeSockets: maxConnections, timeout: timeoutMs }
  return { http: withReceiveBuffers(new http.Agent(options)), https: withReceiveBuffers(new https.Agent(options)) }
}

/**
 * Lets each socket of an agent receive into one buffer of its own. By default every read gets fresh memory, which
 * takes a quarter of the time of a frame. The HTTP parser copies what it passes on.
 */
function withReceiveBuffers<T extends HttpAgent>(agent: T): T {
  const connect = agent.createConnection.bind(agent)
  agent.createConnection = (options, callback) => {
    const buffer = Buffer.allocUnsafeSlow(receiveBufferByteLength)
    const receive = (byteLength: number): boolean => {
      socket?.emit('data', buffer.subarray(0, byteLength))
      return true
    }
    const received: typeof options & Pick<SocketConstructorOpts, 'onread'> = {
      ...options,
      onread: { buffer, callback: receive },
    }
    const socket = connect(received, callback)
    return socket
  }
  return agent
}
