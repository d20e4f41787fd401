import type { Agent as HttpAgent } from 'node:http'
import type { Agent as HttpsAgent } from 'node:https'
import type { SocketConstructorOpts } from 'node:net'
import type { SecureContext } from 'node:tls'

import { http, https } from './node-http.ts'

/** Agents that keep sockets open between requests. */
export interface Agents {
  readonly http: HttpAgent
  readonly https: HttpsAgent
}

/** Options of {@link createAgents}. */
export interface AgentOptions {
  readonly maxConnections: number
  /** A socket that is silent for so long is ended. */
  readonly timeoutMs: number
  /** Whom TLS connections trust. Default: whom Node.js trusts. */
  readonly secureContext: SecureContext | undefined
}

/** Node reads at most this many bytes of a socket at once. */
const receiveBufferByteLength = 65_536

/** Makes agents of `maxConnections` sockets each. */
export function createAgents(options: AgentOptions): Agents {
  const settings = settingsOf(options)
  return { http: withReceiveBuffers(new http.Agent(settings)), https: withReceiveBuffers(new https.Agent(settings)) }
}

/** Makes the agent of https requests through tunnels of a proxy. Its package is loaded now. */
export async function createTunnelAgent(proxy: URL, options: AgentOptions): Promise<HttpAgent> {
  const { HttpsProxyAgent } = await import('https-proxy-agent')
  const agent = new HttpsProxyAgent(proxy, settingsOf(options))
  // The package would find out by the stack of each request.
  agent.protocol = 'https:'
  return agent
}

function settingsOf({ maxConnections, timeoutMs, secureContext }: AgentOptions): AgentSettings {
  const pool = { keepAlive: true, maxSockets: maxConnections, maxFreeSockets: maxConnections, timeout: timeoutMs }
  return secureContext === undefined ? pool : { ...pool, secureContext }
}

interface AgentSettings {
  readonly keepAlive: boolean
  readonly maxSockets: number
  readonly maxFreeSockets: number
  readonly timeout: number
  readonly secureContext?: SecureContext
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
