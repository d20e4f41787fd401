import { explicitVrLittleEndian } from '@ahi-dicom/dicom-standard/transfer-syntaxes'
import type { Operation } from '../operation/operation.ts'
import { ServiceError } from '../operation/service-error.ts'
import { acceptedTransferSyntaxes } from './accept.ts'
import { findInstance } from './find-instance.ts'
import { instanceRoute, readInstancePath } from './instance-path.ts'
import { streamPart10 } from './stream-part10.ts'

export const getDicomInstance: Operation = {
  name: 'GetDICOMInstance',
  method: 'GET',
  path: instanceRoute,
  async run(request, context) {
    const found = await findInstance(readInstancePath(request), context)
    const wanted = acceptedTransferSyntaxes(request.headers.accept, {
      mediaType: 'application/dicom',
      byDefault: explicitVrLittleEndian,
    })
    for (const transferSyntax of wanted) {
      const stream = await streamPart10(found, transferSyntax, context)
      if (stream !== undefined) return { stream, contentType: 'application/dicom' }
    }
    throw new ServiceError(
      'NotAcceptableException',
      'The instance is not available in the requested transfer syntax; request application/dicom; transfer-syntax=*',
    )
  },
}
