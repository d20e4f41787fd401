import type { Agent as HttpAgent } from 'node:http'
import type { Agent as HttpsAgent } from 'node:https'
import type { SocketConstructorOpts } from 'node:net'
import type { SecureContext } from 'node:tls'

import { http, https } from './node-http.ts'

/** Agents that keep sockets open between requests. */
export interface Agents {
  readonly http: HttpAgent
  /** Made when it is first asked for: its certificates take time, which plain http need not spend. */
  readonly https: HttpsAgent
  /** Ends all sockets. */
  destroy(): void
}

/** Options of {@link createAgents}. */
export interface AgentOptions {
  readonly maxConnections: number
  /** A socket that is silent for so long is ended. */
  readonly timeoutMs: number
  /** Whom TLS connections trust. Read when the first of them is made. Default: whom Node.js trusts. */
  readonly secureContext: SecureContext | undefined
}

/** Node reads at most this many bytes of a socket at once. */
const receiveBufferByteLength = 65_536

/** Makes agents of `maxConnections` sockets each. */
export function createAgents(options: AgentOptions): Agents {
  const plain = withReceiveBuffers(new http.Agent(poolOf(options)))
  let secure: HttpsAgent | undefined
  return {
    http: plain,
    get https() {
      return (secure ??= withReceiveBuffers(new https.Agent(securePoolOf(options))))
    },
    destroy() {
      plain.destroy()
      secure?.destroy()
    },
  }
}

/** Makes the agent of https requests through tunnels of a proxy. Its package is loaded now. */
export async function createTunnelAgent(proxy: URL, options: AgentOptions): Promise<HttpAgent> {
  const { HttpsProxyAgent } = await import('https-proxy-agent')
  const agent = new HttpsProxyAgent(proxy, securePoolOf(options))
  // The package would find out by the stack of each request.
  agent.protocol = 'https:'
  return agent
}

function poolOf({ maxConnections, timeoutMs }: AgentOptions): AgentSettings {
  return { keepAlive: true, maxSockets: maxConnections, maxFreeSockets: maxConnections, timeout: timeoutMs }
}

function securePoolOf(options: AgentOptions): AgentSettings {
  const { secureContext } = options
  return secureContext === undefined ? poolOf(options) : { ...poolOf(options), secureContext }
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
