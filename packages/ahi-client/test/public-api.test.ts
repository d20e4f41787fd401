import { expect, test } from 'vitest'

import * as ahiClient from '@ahi-dicom/ahi-client'
import * as frames from '@ahi-dicom/ahi-client/frames'
import * as http from '@ahi-dicom/ahi-client/http'
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

test('exports these names for requests to other servers', () => {
  expect(Object.keys(http).sort()).toEqual([
    'ServiceFailure',
    'certificateBundle',
    'configuredEndpoint',
    'createHttpTransport',
    'createLimiter',
    'createRequestSigner',
    'createRoutes',
    'encodeUri',
    'failureOfSocket',
    'findAwsIdentity',
    'http',
    'https',
    'isOtherHostCertificate',
    'isUntrustedCertificate',
    'offAbort',
    'onAbort',
    'onRefusedTunnel',
    'proxiesOf',
    'readCertificates',
    'readProfile',
    'singleHeaders',
    'targetOf',
    'timedOut',
    'untilAborted',
  ])
})
