import * as sdk from '@aws-sdk/client-medical-imaging'
import { isJsonObject } from '../json.ts'
import type { JsonObject } from '../json.ts'
import { operationOf, shapeOf } from '../service-model.ts'
import type { ServiceModel } from '../service-model.ts'
import type { AwsClient, ClientError, Connection } from './client.ts'

/** The AWS SDK for JavaScript, version 3: its commands and paginators. */
export function javascriptClient({ endpoint, region }: Connection, model: ServiceModel): AwsClient {
  const client = new sdk.MedicalImagingClient({
    region,
    ...(endpoint === undefined
      ? { retryMode: 'adaptive', maxAttempts: 10 }
      : { endpoint, disableHostPrefix: true, maxAttempts: 1, credentials }),
  })
  const sdkInput = (operation: string, input: JsonObject): unknown =>
    toSdk(model, operationOf(model, operation).input?.shape ?? '', input)
  return {
    name: 'javascript',
    async send(operation, input) {
      try {
        const command = Reflect.construct(memberOf(sdk, `${operation}Command`), [sdkInput(operation, input)])
        const output: unknown = await Reflect.apply(memberOf(client, 'send'), client, [command])
        const { $metadata: _, ...members } = isJsonObject(output) ? output : {}
        return { output: await fromSdk(members) }
      } catch (error) {
        return { error: describeError(error) }
      }
    },
    async items(operation, input, pageSize) {
      const paginate = memberOf(sdk, `paginate${operation}`)
      const pages: AsyncIterable<JsonObject> = Reflect.apply(paginate, undefined, [
        { client, pageSize },
        sdkInput(operation, input),
      ])
      const items: unknown[] = []
      for await (const page of pages) items.push(...listOf(page[model.pageMembers[operation] ?? '']))
      return Promise.all(items.map(memberFromSdk))
    },
    [Symbol.asyncDispose]() {
      client.destroy()
      return Promise.resolve()
    },
  }
}

/** Any will do; they are not looked at. */
const credentials = { accessKeyId: 'any', secretAccessKey: 'any' }

function describeError(error: unknown): ClientError {
  if (!(error instanceof sdk.MedicalImagingServiceException)) throw error
  const { name, message, $metadata } = error
  // The SDK's model is older than botocore's: it has no class for some errors.
  const isOfItsClass = !(name in sdk) || error instanceof memberOf(sdk, name)
  if (!isOfItsClass) throw new TypeError(`Expected an instance of ${name}`, { cause: error })
  return { code: name, message, statusCode: $metadata.httpStatusCode }
}

/** Times and blobs are objects of their own in JavaScript. */
function toSdk(model: ServiceModel, shapeName: string, value: unknown): unknown {
  const { type, members = {}, member } = shapeOf(model, shapeName)
  if (type === 'timestamp' && typeof value === 'number') return new Date(value * 1000)
  if (type === 'blob' && typeof value === 'string') return new TextEncoder().encode(value)
  if (Array.isArray(value)) return value.map((item) => toSdk(model, member?.shape ?? '', item))
  if (type !== 'structure' || !isJsonObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, toSdk(model, members[name]?.shape ?? '', item)]),
  )
}

async function fromSdk(value: JsonObject): Promise<JsonObject> {
  const entries = Object.entries(value).map(async ([name, member]) => [name, await memberFromSdk(member)])
  return Object.fromEntries(await Promise.all(entries))
}

async function memberFromSdk(value: unknown): Promise<unknown> {
  if (value instanceof Date) return value.getTime() / 1000
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value)) return Promise.all(value.map(memberFromSdk))
  if (!isJsonObject(value)) return value
  const { transformToString } = value
  if (typeof transformToString === 'function') return Reflect.apply(transformToString, value, ['base64'])
  return fromSdk(value)
}

type Callable = new (...args: unknown[]) => object

function memberOf(module: object, name: string): Callable {
  const member: unknown = Reflect.get(module, name)
  if (typeof member !== 'function') throw new TypeError(`Cannot find ${name} in the AWS SDK for JavaScript`)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- which arguments it takes is not known when it runs
  return member as Callable
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
