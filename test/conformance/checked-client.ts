import type { AwsClient, Outcome } from './clients/client.ts'
import type { JsonObject } from './json.ts'
import { operationOf, shapeOf } from './service-model.ts'
import type { ServiceModel } from './service-model.ts'
import { violations } from './violations.ts'

/** A client whose every answer is compared with the service's model. */
export interface CheckedClient {
  /**
   * Returns the output of a request that must succeed.
   * @throws {Error} if it fails, or if the output violates the model
   */
  succeed(operation: string, input: JsonObject): Promise<JsonObject>
  /**
   * Gives the message of the error that a request has to give.
   * @throws {Error} where it gives another, or one that the model does not list for the operation
   */
  fail(operation: string, input: JsonObject, code: string): Promise<string>
  /** All items of all pages, by the client's own paginator. */
  items(operation: string, input: JsonObject, pageSize: number): Promise<readonly unknown[]>
  /** Operations that have succeeded. */
  readonly succeeded: ReadonlySet<string>
}

/** Compares every answer of a client with the model. */
export function checkedClient(client: AwsClient, model: ServiceModel): CheckedClient {
  const succeeded = new Set<string>()
  return {
    succeeded,
    async succeed(operation, input) {
      const outcome = await client.send(operation, input)
      const { output, error } = outcome
      if (output === undefined) throw new Error(`${operation} failed: ${error?.code}: ${error?.message}`)
      const wrong = outputViolations(model, operation, outcome)
      if (wrong.length > 0) throw new Error(`${operation} answers what the model has otherwise: ${wrong.join('; ')}`)
      succeeded.add(operation)
      return output
    },
    async fail(operation, input, code) {
      const { output, error } = await client.send(operation, input)
      if (error === undefined) throw new Error(`${operation} succeeded: ${JSON.stringify(output)}`)
      if (error.code !== code) throw new Error(`${operation} failed with ${error.code}: ${error.message}`)
      const expected = statusOf(model, operation, code)
      if ((error.statusCode ?? expected) !== expected) throw new Error(`${code} has status ${error.statusCode}`)
      return error.message
    },
    items: (operation, input, pageSize) => client.items(operation, input, pageSize),
  }
}

function outputViolations(model: ServiceModel, operation: string, { output, body }: Outcome): string[] {
  const shapeName = operationOf(model, operation).output?.shape
  if (shapeName === undefined) return []
  const { members = {} } = shapeOf(model, shapeName)
  // Clients drop unknown members, so the body is checked as well. It does not contain headers.
  const inHeaders = Object.entries(members).filter(([, { location }]) => location === 'header')
  const sent = body === null || body === undefined ? undefined : { ...pick(output, inHeaders), ...Object(body) }
  return [
    ...violations(model, shapeName, { value: output, path: operation }),
    ...(sent === undefined ? [] : violations(model, shapeName, { value: sent, path: `${operation} as sent` })),
  ]
}

function pick(object: JsonObject | undefined, members: readonly (readonly [string, unknown])[]): JsonObject {
  return Object.fromEntries(members.map(([name]) => [name, object?.[name]]))
}

function statusOf(model: ServiceModel, operation: string, code: string): number | undefined {
  const isListed = operationOf(model, operation).errors?.some(({ shape }) => shape === code) ?? false
  if (!isListed) throw new Error(`The model does not list ${code} for ${operation}`)
  return shapeOf(model, code).error?.httpStatusCode
}
