import { expect, test } from 'vitest'

import * as ahiClient from '@ahi-dicom/ahi-client'
import * as frames from '@ahi-dicom/ahi-client/frames'
import * as quotas from '@ahi-dicom/ahi-client/quotas'

test('exports these names', () => {
  expect(Object.keys(ahiClient).sort()).toMatchInlineSnapshot(`
    [
      "AhiAccessDeniedError",
      "AhiConflictError",
      "AhiCredentialsError",
      "AhiError",
      "AhiNotAcceptableError",
      "AhiNotFoundError",
      "AhiOutageError",
      "AhiResponseError",
      "AhiThrottledError",
      "AhiTooLargeError",
      "AhiUnavailableError",
      "AhiValidationError",
      "createAhiClient",
      "createLimiter",
      "documentedQuotas",
      "isAhiError",
    ]
  `)
})

test('exports these names for other threads', () => {
  expect(Object.keys(frames).sort()).toEqual(['createFrameClient', 'createLimiter', 'isAhiError'])
})

test('exports the quotas alone', () => {
  expect(Object.keys(quotas).sort()).toEqual(['documentedQuotas', 'operations'])
})
