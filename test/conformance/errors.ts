import { expect } from 'vitest'
import { leastInput, malformedInput, UNKNOWN_ID } from './inputs.ts'
import { objectOf, textOf } from './json.ts'
import type { JsonObject } from './json.ts'
import { operationOf } from './service-model.ts'
import type { ServiceModel } from './service-model.ts'
import type { Session } from './session.ts'
import type { Target } from './target.ts'

/** Every operation refuses input of a wrong form. */
export async function refuseMalformedInput({ client }: Session, model: ServiceModel): Promise<void> {
  for (const operation of Object.keys(model.operations)) {
    const message = await client.fail(operation, malformedInput(model, operation), 'ValidationException')
    expect(message).not.toBe('')
  }
}

/** Every operation on a missing resource answers ResourceNotFoundException. */
export async function missResources({ client, target }: Session, model: ServiceModel): Promise<void> {
  const { datastoreId } = target
  const { datastoreProperties } = await client.succeed('GetDatastore', { datastoreId })
  // In the account of the caller. In another account, the service denies access.
  const resourceArn = textOf(datastoreProperties, 'datastoreArn').replace(datastoreId, UNKNOWN_ID)
  for (const operation of Object.keys(model.operations)) {
    const input = leastInput(model, operation)
    const isOnResource = 'datastoreId' in input || 'resourceArn' in input
    if (!isOnResource) continue
    await client.fail(operation, { ...input, ...('resourceArn' in input ? { resourceArn } : {}) }, NOT_FOUND)
    const isBelowDatastore = Object.keys(input).some((name) => /^(imageSetId|sourceImageSetId|jobId)$/.test(name))
    if (isBelowDatastore) await client.fail(operation, { ...input, datastoreId }, NOT_FOUND)
  }
}

const NOT_FOUND = 'ResourceNotFoundException'

/** A data store that has image sets stays. */
export async function keepFullDatastore({ client, target }: Session): Promise<void> {
  const { datastoreId } = target
  await client.fail('DeleteDatastore', { datastoreId }, 'ConflictException')
  const output = await client.succeed('GetDatastore', { datastoreId })
  expect(objectOf(output, 'datastoreProperties')).toMatchObject({ datastoreStatus: 'ACTIVE' })
}

/** An account has 10 data stores at most. Not for AWS: others might need one meanwhile. */
export async function meetQuota({ client, run }: Session): Promise<void> {
  const before = await client.items('ListDatastores', { datastoreStatus: 'ACTIVE' }, 50)
  const request = (index: number): JsonObject => ({ clientToken: `${run}-${index}` })
  const made: string[] = []
  for (let count = before.length; count < 10; count += 1) {
    made.push(textOf(await client.succeed('CreateDatastore', request(count)), 'datastoreId'))
  }
  await client.fail('CreateDatastore', request(10), 'ServiceQuotaExceededException')
  for (const datastoreId of made) await client.succeed('DeleteDatastore', { datastoreId })
}

/** Every error that the model lists for an operation is understood. */
export async function understandErrors({ client, target }: Session, model: ServiceModel): Promise<void> {
  for (const operation of Object.keys(model.operations)) {
    const codes = (operationOf(model, operation).errors ?? []).map(({ shape }) => shape)
    for (const code of codes) {
      await setFaults(target, [{ operations: [operation], fault: { kind: 'error', code } }])
      await client.fail(operation, leastInput(model, operation), code)
    }
  }
  await setFaults(target, [])
}

async function setFaults({ endpoint }: Target, rules: readonly JsonObject[]): Promise<void> {
  const { ok } = await fetch(`${endpoint}/_emulator/faults`, { method: 'PUT', body: JSON.stringify({ rules }) })
  if (!ok) throw new Error('Cannot set the faults of the emulator')
}
