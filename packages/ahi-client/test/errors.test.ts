import { describe, expect, test } from 'vitest'

import { AhiNotFoundError, isAhiError } from '@ahi-dicom/ahi-client'

import { frame, imageSet, rejection, testClient } from './fixtures.ts'
import { type Answer, awsError, json, scriptedService, text } from './scripted-service.ts'

async function failure(answer: Answer): Promise<{ bySdk: unknown; byFrame: unknown }> {
  await using service = await scriptedService(answer)
  await using client = testClient(service.endpoint, { maxAttempts: 1, conflictTimeoutMs: 0 })
  const bySdk = await rejection(client.getImageSet(imageSet))
  return { bySdk, byFrame: await rejection(client.getImageFrame(frame)) }
}

// Names and statuses: errors of the API and errors common to all AWS services.
test.each([
  [400, 'ValidationException', 'AHI_VALIDATION'],
  [400, 'BadRequestException', 'AHI_VALIDATION'],
  [402, 'ServiceQuotaExceededException', 'AHI_VALIDATION'],
  [403, 'AccessDeniedException', 'AHI_ACCESS_DENIED'],
  [404, 'ResourceNotFoundException', 'AHI_NOT_FOUND'],
  [404, 'UnknownOperationException', 'AHI_NOT_FOUND'],
  [406, 'NotAcceptableException', 'AHI_NOT_ACCEPTABLE'],
  [408, 'RequestTimeoutException', 'AHI_UNAVAILABLE'],
  [409, 'ConflictException', 'AHI_CONFLICT'],
  [429, 'ThrottlingException', 'AHI_THROTTLED'],
  [400, 'ThrottlingException', 'AHI_THROTTLED'],
  [500, 'InternalServerException', 'AHI_UNAVAILABLE'],
  [503, 'ServiceUnavailable', 'AHI_UNAVAILABLE'],
  [403, 'ExpiredTokenException', 'AHI_CREDENTIALS'],
  [403, 'UnrecognizedClientException', 'AHI_CREDENTIALS'],
  [403, 'IncompleteSignature', 'AHI_CREDENTIALS'],
  [403, 'MissingAuthenticationTokenException', 'AHI_CREDENTIALS'],
  [401, 'NotAuthorized', 'AHI_ACCESS_DENIED'],
  [302, 'Found', 'AHI_RESPONSE'],
])('%i %s becomes %s', async (status, name, code) => {
  const { bySdk, byFrame } = await failure(awsError(status, name, 'because'))
  const expected = { code, statusCode: status, requestId: 'request-1' }
  expect(bySdk).toMatchObject({ ...expected, ...imageSet, operation: 'GetImageSet', imageFrameId: undefined })
  expect(byFrame).toMatchObject({ ...expected, ...frame, operation: 'GetImageFrame' })
  expect(String(byFrame)).toContain(`the service answered ${status}${name === 'Found' ? '' : ` ${name}`}; `)
  expect(byFrame).toMatchObject({ serviceMessage: 'because' })
})

describe('the name of an error', () => {
  test.each<[string, Answer]>([
    [
      'in the header with a URI',
      json({ message: 'm' }, 403, { 'x-amzn-errortype': 'ExpiredTokenException:http://a/b' }),
    ],
    ['in __type with a namespace', json({ __type: 'com.amazonaws.medicalimaging#ExpiredTokenException' }, 403)],
    ['in code', json({ code: 'ExpiredTokenException', Message: 'm' }, 403)],
  ])('is read %s', async (_, answer) => {
    expect((await failure(answer)).byFrame).toMatchObject({ code: 'AHI_CREDENTIALS' })
  })
})

test.each<[string, Answer, string]>([
  ['HTML', text(404, '<html>not here</html>'), 'AHI_NOT_FOUND'],
  ['XML', text(404, '<UnknownOperationException/>'), 'AHI_NOT_FOUND'],
  ['nothing', text(500, ''), 'AHI_UNAVAILABLE'],
  ['a JSON string', text(400, '"no"'), 'AHI_VALIDATION'],
  ['null', text(403, 'null'), 'AHI_ACCESS_DENIED'],
])('an error with %s as its body is judged by its status', async (_, answer, code) => {
  const { bySdk, byFrame } = await failure(answer)
  expect(bySdk).toMatchObject({ code })
  expect(byFrame).toMatchObject({ code })
})

test.each<[string, Answer]>([
  ['JSON of something else', json({ hello: 1 })],
  ['nothing', text(200, '')],
  ['null', text(200, 'null')],
  ['a list', text(200, '[]')],
  ['a text', text(200, '"ok"')],
  ['truncated JSON', text(200, '{"imageSetId":')],
])('a success with %s as its body is damaged and requested again', async (_, answer) => {
  await using service = await scriptedService(answer)
  await using client = testClient(service.endpoint)
  const error = await rejection(client.getImageSet(imageSet))
  expect(error).toMatchObject({ code: 'AHI_RESPONSE', retryable: true, ...imageSet })
  expect(service.requests).toHaveLength(8)
})

test('a message says what failed, why, and what to do', async () => {
  const { byFrame } = await failure(awsError(404, 'ResourceNotFoundException', 'no such frame'))
  expect(String(byFrame)).toMatchInlineSnapshot(
    `"AhiNotFoundError: Cannot get frame "00112233445566778899aabbccddeeff" of image set "fedcba9876543210fedcba9876543210" in data store "0123456789abcdef0123456789abcdef": the service answered 404 ResourceNotFoundException; check the identifiers and the region"`,
  )
})

test('isAhiError narrows by code', async () => {
  const { byFrame } = await failure(awsError(404, 'ResourceNotFoundException'))
  expect(byFrame).toBeInstanceOf(AhiNotFoundError)
  expect(isAhiError(byFrame)).toBe(true)
  expect(isAhiError(byFrame, 'AHI_NOT_FOUND')).toBe(true)
  expect(isAhiError(byFrame, 'AHI_THROTTLED')).toBe(false)
  expect(isAhiError(Object.assign(new Error('x'), { code: 'ENOENT' }))).toBe(false)
  expect(isAhiError({ code: 'AHI_NOT_FOUND' })).toBe(false)
})
