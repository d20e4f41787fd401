import { expect, onTestFinished, test, vi } from 'vitest'

/** Makes dcmjs impossible to load from here on, with the error of Node.js for a missing package. */
function forgetDcmjs(): void {
  vi.resetModules()
  vi.doMock('node:module', () => ({
    createRequire: () => (name: string) => {
      throw Object.assign(new Error(`Cannot find module '${name}'`), { code: 'MODULE_NOT_FOUND' })
    },
  }))
  onTestFinished(() => {
    vi.doUnmock('node:module')
    vi.resetModules()
  })
}

test('without dcmjs, `dataset` throws DcmjsMissingError and `attributes` works', async () => {
  forgetDcmjs()
  const { DcmjsMissingError } = await import('@ahi-dicom/dicomizer')
  const { imageInstance } = await import('./instances.ts')
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
