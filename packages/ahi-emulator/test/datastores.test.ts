import { startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call, type Answer } from './support/client.ts'
import { secondaryCapture } from './support/secondary-capture.ts'

describe('data stores and tags', () => {
  let emulator: Emulator

  beforeAll(async () => {
    emulator = await startEmulator()
  })

  afterAll(() => emulator.close())

  const send = (method: string, path: string, body?: unknown): Promise<Answer> =>
    call(emulator.endpoint, path, { method, body })
  const create = (body: object): Promise<Answer> => send('POST', '/datastore', body)
  const propertiesOf = async (datastoreId: unknown): Promise<unknown> =>
    (await send('GET', `/datastore/${String(datastoreId)}`)).json['datastoreProperties']

  test('creates, describes and deletes a data store', async () => {
    const kmsKeyArn = 'arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789012'
    const lambdaAuthorizerArn = 'arn:aws:lambda:us-east-1:123456789012:function:authorizer'
    const { status, json } = await create({
      datastoreName: 'one',
      clientToken: 'a',
      kmsKeyArn,
      lambdaAuthorizerArn,
      losslessStorageFormat: 'JPEG_2000_LOSSLESS',
    })
    const { datastoreId } = json
    expect([status, json]).toEqual([
      200,
      { datastoreId: expect.stringMatching(/^[0-9a-z]{32}$/), datastoreStatus: 'CREATING' },
    ])
    expect(await propertiesOf(datastoreId)).toMatchObject({
      datastoreName: 'one',
      datastoreStatus: 'ACTIVE',
      kmsKeyArn,
      lambdaAuthorizerArn,
      losslessStorageFormat: 'JPEG_2000_LOSSLESS',
    })
    expect((await send('DELETE', `/datastore/${String(datastoreId)}`)).json).toEqual({
      datastoreId,
      datastoreStatus: 'DELETING',
    })
    expect(await propertiesOf(datastoreId)).toMatchObject({ datastoreStatus: 'DELETED' })
    expect((await send('POST', `/datastore/${String(datastoreId)}/searchImageSets`, {})).status).toBe(404)
    expect((await send('DELETE', `/datastore/${String(datastoreId)}`)).status).toBe(404)
  })

  test('ignores a repeated request, and refuses another one with its token', async () => {
    const first = await create({ datastoreName: 'two', clientToken: 'b' })
    expect((await create({ datastoreName: 'two', clientToken: 'b' })).json).toEqual(first.json)
    const other = await create({ datastoreName: 'three', clientToken: 'b' })
    expect([other.status, other.headers.get('x-amzn-errortype')]).toEqual([409, 'ConflictException'])
  })

  test('does not delete a data store with image sets', async () => {
    const { datastoreId } = await emulator.createDatastore()
    await emulator.importDicom([secondaryCapture()], { datastoreId })
    const { status, headers } = await send('DELETE', `/datastore/${datastoreId}`)
    expect([status, headers.get('x-amzn-errortype')]).toEqual([409, 'ConflictException'])
  })

  test.each([
    [{}, 'clientToken'],
    [{ clientToken: '' }, 'length greater than or equal to 1'],
    [{ clientToken: 'with space' }, '[A-Za-z0-9._-]+'],
    [{ clientToken: 'c', datastoreName: 'a b' }, 'datastoreName'],
    [{ clientToken: 'c', datastoreName: 'x'.repeat(257) }, '256'],
    [{ clientToken: 'c', losslessStorageFormat: 'PNG' }, '[HTJ2K, JPEG_2000_LOSSLESS]'],
    [{ clientToken: 'c', kmsKeyArn: 'arn:aws:s3:::bucket' }, 'kmsKeyArn'],
    [{ clientToken: 'c', tags: { 'aws:mine': 'x' } }, 'tagKey'],
    [{ clientToken: 'c', tags: ['x'] }, 'tags'],
  ])('refuses to create a data store from %j', async (body, named) => {
    const { status, json, headers } = await create(body)
    expect([status, headers.get('x-amzn-errortype')]).toEqual([400, 'ValidationException'])
    expect(json['message']).toContain(named)
  })

  test('allows ten data stores per account for requests', async () => {
    await using full = await startEmulator()
    const answers: Answer[] = []
    for (let count = 1; count <= 10; count += 1) {
      answers.push(await call(full.endpoint, '/datastore', { body: { clientToken: `token-${count}` } }))
    }
    expect(answers.map(({ status }) => status)).toEqual([...Array<number>(9).fill(200), 402])
    expect(answers.at(-1)?.headers.get('x-amzn-errortype')).toBe('ServiceQuotaExceededException')
  })

  test('sets, replaces, lists and removes tags', async () => {
    const { json } = await create({ clientToken: 'tagged', tags: { team: 'radiology', stage: 'test' } })
    const arn = `arn:aws:medical-imaging:us-east-1:123456789012:datastore/${String(json['datastoreId'])}`
    const path = `/tags/${encodeURIComponent(arn)}`
    await send('POST', path, { tags: { stage: 'live', 'cost/centre': '' } })
    expect((await send('GET', path)).json).toEqual({ tags: { team: 'radiology', stage: 'live', 'cost/centre': '' } })
    expect((await send('DELETE', `${path}?tagKeys=team&tagKeys=stage`)).json).toEqual({})
    expect((await send('GET', path)).json).toEqual({ tags: { 'cost/centre': '' } })
    expect((await send('GET', `${path.slice(0, -4)}0000`)).status).toBe(404)
    expect((await send('GET', '/tags/arn%3Aaws%3As3%3A%3A%3Abucket')).status).toBe(400)
  })

  test('supports tags of image sets', async () => {
    const { datastoreId } = await emulator.createDatastore()
    const { imageSets } = await emulator.importDicom([secondaryCapture()], { datastoreId })
    const image = `/datastore/${datastoreId}/imageSet/${imageSets[0]?.imageSetId}/getImageSet`
    const { imageSetArn } = (await send('POST', image)).json
    const path = `/tags/${encodeURIComponent(String(imageSetArn))}`
    await send('POST', path, { tags: { reviewed: 'yes' } })
    expect((await send('GET', path)).json).toEqual({ tags: { reviewed: 'yes' } })
  })
})
