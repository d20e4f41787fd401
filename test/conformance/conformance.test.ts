import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mustSkip } from '../interop/tools.ts'
import { checkedClient } from './checked-client.ts'
import { CLIENTS } from './clients/client.ts'
import type { AwsClient } from './clients/client.ts'
import { javascriptClient } from './clients/javascript.ts'
import { awsCliClient, boto3Client } from './clients/python.ts'
import { useDatastores } from './datastores.ts'
import { keepFullDatastore, meetQuota, missResources, refuseMalformedInput, understandErrors } from './errors.ts'
import { importStudy } from './import-jobs.ts'
import { deleteStudy, modifyImageSets } from './modifying.ts'
import { readImageSets, search } from './reading.ts'
import { CHANGES, isConfirmed, isRemote, plan } from './remote.ts'
import { loadServiceModel } from './service-model.ts'
import type { Session } from './session.ts'
import { localTarget, remoteTarget } from './target.ts'
import type { Target } from './target.ts'

// oxlint-disable vitest/expect-expect -- what a test calls expects
const isSkipped = mustSkip('the API by clients of AWS', { pythonModules: ['boto3', 'awscli', 'moto', 'flask'] })
if (isRemote) process.stdout.write(plan(remoteTarget()))

describe.skipIf(isSkipped || (isRemote && !isConfirmed))('the service', () => {
  const model = isSkipped ? { operations: {}, shapes: {}, pageMembers: {} } : loadServiceModel()
  let target: Target

  beforeAll(async () => {
    target = isRemote ? remoteTarget() : await localTarget(CLIENTS)
  })

  afterAll(() => target[Symbol.asyncDispose]())

  test('is changed by no operation that the plan for a remote one does not name', () => {
    const changing = Object.keys(model.operations).filter((operation) => !/^(Get|List|Search)/.test(operation))
    expect(Object.keys(CHANGES).sort()).toEqual(changing.sort())
  })

  describe.each(CLIENTS)('with %s', (name) => {
    let client: AwsClient
    let session: Session

    beforeAll(() => {
      const makers = {
        'aws-cli': () => awsCliClient(target),
        boto3: () => boto3Client(target),
        javascript: () => javascriptClient(target, model),
      }
      client = makers[name]()
      session = { name, target, client: checkedClient(client, model), run: `${name}-${randomUUID()}` }
    })

    afterAll(() => client[Symbol.asyncDispose]())

    test('makes, finds, lists, tags and deletes data stores', () => useDatastores(session))

    test('imports', () => importStudy(session))

    test('searches by every attribute, in every order, page by page', () => search(session))

    test('reads image sets, their versions, metadata and frames', () => readImageSets(session))

    // Of a data store that is somebody's, it is not asked.
    test.skipIf(isRemote)('keeps a data store that has image sets', () => keepFullDatastore(session))

    test('refuses input of a wrong form', () => refuseMalformedInput(session, model))

    test('says that there is no such resource', () => missResources(session, model))

    test.skipIf(isRemote)('has 10 data stores at most', () => meetQuota(session))

    test.skipIf(isRemote)('gives every error as the client understands it', () => understandErrors(session, model))

    test('copies, updates, reverts, promotes and deletes image sets', () => modifyImageSets(session))

    test('deletes what it imported', () => deleteStudy(session))

    test('has succeeded with every operation', () => {
      expect([...session.client.succeeded].sort()).toEqual(Object.keys(model.operations).sort())
    })
  })
})
