import { failureOfSocket } from '@ahi-dicom/ahi-client/http'
import { expect, test } from 'vitest'
import { failedConnection } from '../src/store/server-errors.ts'

test('the error for a certificate of another host says what to do', () => {
  const cause = Object.assign(new Error('no match'), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
  const failure = failureOfSocket(cause, { host: 'pacs', isProxied: false })
  expect(failedConnection('https://pacs/dicom-web', failure)).toMatchObject({
    code: 'OUTPUT_UNREACHABLE',
    retryable: false,
    message:
      'Cannot store instances at "https://pacs/dicom-web": no secure connection could be made (ERR_TLS_CERT_ALTNAME_INVALID): ' +
      'the certificate of pacs is for another host; give the URL with the name that its certificate is for',
  })
})
