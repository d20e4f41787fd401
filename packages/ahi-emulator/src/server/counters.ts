/** Counts of an emulator since it started, or since its counters were reset. */
export interface EmulatorCounters {
  /**
   * Number of answers by operation and status, such as `requests.GetImageFrame['200']`. The status is `aborted` if no
   * complete answer was sent.
   */
  readonly requests: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** Bytes of request bodies. */
  readonly bytesReceived: number
  /** Bytes of answers, including headers. */
  readonly bytesSent: number
  /** Requests in progress. */
  readonly inFlight: number
  /** Most requests in progress at a time. */
  readonly peakInFlight: number
  /** Open connections. */
  readonly connections: number
  /** Most open connections at a time. */
  readonly peakConnections: number
  /** Number of injected faults, by kind. */
  readonly faults: Readonly<Record<string, number>>
}

/** Counts requests, connections and faults. */
export interface CounterGate {
  read(): EmulatorCounters
  /** Resets the counts. Requests in progress and open connections stay counted. */
  reset(): void
  connectionOpened(): void
  connectionClosed(): void
  requestBegun(): void
  requestEnded(answer: {
    readonly operation: string
    readonly status: string
    readonly bytesReceived: number
    readonly bytesSent: number
  }): void
  faultInjected(kind: string): void
}

/** Creates counters at zero. */
export function createCounterGate(): CounterGate {
  let requests = new Map<string, Map<string, number>>()
  let faults = new Map<string, number>()
  let [bytesReceived, bytesSent, inFlight, peakInFlight, connections, peakConnections] = [0, 0, 0, 0, 0, 0]
  return {
    read: () => ({
      requests: Object.fromEntries(
        [...requests].map(([operation, statuses]) => [operation, Object.fromEntries(statuses)]),
      ),
      bytesReceived,
      bytesSent,
      inFlight,
      peakInFlight,
      connections,
      peakConnections,
      faults: Object.fromEntries(faults),
    }),
    reset() {
      requests = new Map()
      faults = new Map()
      bytesReceived = 0
      bytesSent = 0
      peakInFlight = inFlight
      peakConnections = connections
    },
    connectionOpened() {
      connections += 1
      peakConnections = Math.max(peakConnections, connections)
    },
    connectionClosed() {
      connections -= 1
    },
    requestBegun() {
      inFlight += 1
      peakInFlight = Math.max(peakInFlight, inFlight)
    },
    requestEnded(answer) {
      inFlight -= 1
      bytesReceived += answer.bytesReceived
      bytesSent += answer.bytesSent
      const statuses = requests.get(answer.operation) ?? new Map<string, number>()
      requests.set(answer.operation, statuses)
      add(statuses, answer.status)
    },
    faultInjected: (kind) => add(faults, kind),
  }
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
