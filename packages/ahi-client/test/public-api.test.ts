import { expect, test } from 'vitest'

import * as ahiClient from '@ahi-dicom/ahi-client'

test('exports these names', () => {
  expect(Object.keys(ahiClient).sort()).toMatchInlineSnapshot(`
    [
      "AhiAccessDeniedError",
      "AhiConflictError",
      "AhiCredentialsError",
      "AhiError",
      "AhiNotAcceptableError",
      "AhiNotFoundError",
      "AhiResponseError",
      "AhiThrottledError",
      "AhiUnavailableError",
      "AhiValidationError",
      "createAhiClient",
      "createLimiter",
      "isAhiError",
    ]
  `)
})
