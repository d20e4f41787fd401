import { DcmjsMissingError } from '@ahi-dicom/dicomizer'
import { expect, test, vi } from 'vitest'

import { imageInstance } from './instances.ts'

// As Node.js answers where nobody has installed dcmjs.
vi.mock('node:module', () => ({
  createRequire: () => (name: string) => {
    throw Object.assign(new Error(`Cannot find module '${name}'`), { code: 'MODULE_NOT_FOUND' })
  },
}))

test('the dcmjs data set fails with what to install if dcmjs is missing; the attributes do not need it', () => {
  const instance = imageInstance([], { attributes: { PatientComments: 'M\u00fcller' } })
  expect(() => instance.dataset).toThrow(DcmjsMissingError)
  expect(() => instance.dataset).toThrow(
    expect.objectContaining({
      code: 'DCMJS_MISSING',
      sopInstanceUid: '1.2.3.4.5',
      imageSetId: 'fedcba9876543210fedcba9876543210',
      message: expect.stringContaining('npm install dcmjs'),
      cause: expect.objectContaining({ code: 'MODULE_NOT_FOUND' }),
    }),
  )
  expect(instance.attributes.string('PatientComments')).toBe('M\u00fcller')
})
