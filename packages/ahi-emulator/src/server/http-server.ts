import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { planFaults, type FaultPlan } from '../faults/fault-plan.ts'
import type { ByteBudget, RequestMemory } from '../operation/byte-budget.ts'
import type { Operation, OperationContext, OperationResponse } from '../operation/operation.ts'
import type { ReceivedRequest } from '../operation/received-request.ts'
import { ServiceError } from '../operation/service-error.ts'
import { adminPath, answerAdmin } from './admin.ts'
import type { Gates } from './gates.ts'
import { openBody, readBody } from './read-body.ts'
import { receiveBody } from './receive-body.ts'
import { createRouter, type Route, type Router } from './router.ts'
import { sendAnswer, sendError } from './send-answer.ts'

/** The resources that all requests share. */
export interface ServerContext extends Omit<OperationContext, 'memory'> {
  readonly memory: ByteBudget
}

interface ServerParts {
  readonly router: Router
  readonly context: ServerContext
  readonly gates: Gates
}

/** Creates an HTTP server for the given operations. It does not listen yet. */
export function createHttpServer(
  operations: readonly Operation[],
  { context, gates }: { readonly context: ServerContext; readonly gates: Gates },
): Server {
  const parts = { router: createRouter(operations), context, gates }
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    handle(request, response, parts).catch((error: unknown) => sendError(response, error))
  })
  server.on('connection', (socket) => {
    gates.counters.connectionOpened()
    socket.once('close', () => gates.counters.connectionClosed())
  })
  // Invalid HTTP gets the same error as from the service's front end.
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
  })
  return server
}

async function handle(request: IncomingMessage, response: ServerResponse, parts: ServerParts): Promise<void> {
  const [path = '', ...queries] = (request.url ?? '').split('?')
  const query = queries.join('?')
  const { method = '', headers } = request
  if (path.startsWith(adminPath)) {
    const answer = answerAdmin({ method, path, body: await readBody(await openBody(request)) }, parts.gates)
    await sendAnswer(response, answer, undefined)
    return
  }
  const route = parts.router(method, path)
  const operation = route?.operation.name ?? 'UnknownOperation'
  const ended = count(operation, response, parts.gates)
  const { store } = parts.context
  const body = await receiveBody(request, { operation: route?.operation, store })
  try {
    ended.bytesReceived = body.byteLength
    const { bytes, sha256: bodySha256, payload } = body
    const gated = { operation, method, path, query, headers, body: bytes, bodySha256, payload }
    parts.gates.onRequest?.(gated)
    await answer(gated, { route, bodyFile: body.file, response, parts })
  } finally {
    await body.remove()
  }
}

/** Counts a request when its answer or its connection has ended. */
function count(operation: string, response: ServerResponse, { counters }: Gates): { bytesReceived: number } {
  const ended = { bytesReceived: 0 }
  const { socket } = response
  const before = socket?.bytesWritten ?? 0
  counters.requestBegun()
  response.once('close', () => {
    const status = response.writableFinished ? String(response.statusCode) : 'aborted'
    counters.requestEnded({ operation, status, ...ended, bytesSent: (socket?.bytesWritten ?? before) - before })
  })
  return ended
}

/** The route of a request, and the response to write to. */
interface Exchange {
  readonly route: Route | undefined
  readonly bodyFile: string | undefined
  readonly response: ServerResponse
  readonly parts: ServerParts
}

async function answer(request: ReceivedRequest, exchange: Exchange): Promise<void> {
  const { response, parts } = exchange
  const plan = faultsOf(request, parts.gates)
  if (plan !== undefined && plan.delayMs > 0) await wait(plan.delayMs)
  // Clients correct their clocks by this header if a signature is refused as too old or too new.
  response.setHeader('Date', new Date(parts.context.now()).toUTCString())
  if (plan?.replacement === 'reset') {
    response.socket?.resetAndDestroy()
    return
  }
  if (plan?.replacement !== undefined) throw plan.replacement
  const memory = parts.context.memory.open()
  try {
    await sendAnswer(response, await run(request, { ...exchange, memory }), plan?.body)
  } finally {
    memory.close()
  }
}

function faultsOf(request: ReceivedRequest, { faults, counters }: Gates): FaultPlan | undefined {
  const injected = faults.faultsOf(request)
  for (const { fault } of injected) counters.faultInjected(fault.kind)
  return planFaults(injected)
}

async function run(
  request: ReceivedRequest,
  { route, bodyFile, response, parts, memory }: Exchange & { readonly memory: RequestMemory },
): Promise<OperationResponse> {
  const { context, gates } = parts
  const port = response.socket?.localPort
  if (route === undefined) {
    throw new ServiceError('UnknownOperationException', 'The requested operation is not recognized by the service.')
  }
  await gates.authenticate?.(request)
  gates.quotas?.admit(request.operation)
  const { headers, body } = request
  const { operation, parameters } = route
  const query = new URLSearchParams(request.query)
  return operation.run({ parameters, query, headers, body, bodyFile, port }, { ...context, memory })
}
