import type { Subject } from '../errors/subject.ts'
import { declaredLength } from '../http/single-headers.ts'
import { checkIdentifiers, checkTransferSyntax } from '../model/identifiers.ts'
import type { ImageSetBytes } from '../service/image-set-bytes.ts'
import type { ServiceAccess } from '../service/service-access.ts'
import type { AhiClient } from './ahi-client.ts'

/** The methods of a client that read frames and whole instances. */
export type FrameRequests = Pick<AhiClient, 'getImageFrame' | 'streamImageFrame' | 'getDICOMInstance'>

const explicitVrLittleEndian = '1.2.840.10008.1.2.1'

/** Creates the methods that read frames and whole instances. */
export function createFrameRequests(access: ServiceAccess<{ readonly bytes: ImageSetBytes }>): FrameRequests {
  return {
    getImageFrame: async ({ datastoreId, imageSetId, imageFrameId, maxByteLength, beginning, signal }) => {
      const subject: Subject = { operation: 'GetImageFrame', datastoreId, imageSetId, imageFrameId }
      const target = { datastoreId, imageSetId, imageFrameId, maxByteLength, beginning }
      checkIdentifiers(subject)
      const { body, headers } = await access.request(subject, signal, ({ bytes }) =>
        bytes.getImageFrame(target, signal),
      )
      const byteLength = beginning === undefined ? body.byteLength : declaredLength({ headers })
      return { data: body, contentType: headers['content-type'], byteLength }
    },
    streamImageFrame: async ({ datastoreId, imageSetId, imageFrameId, signal }) => {
      const target = { datastoreId, imageSetId, imageFrameId }
      const subject: Subject = { operation: 'GetImageFrame', ...target }
      checkIdentifiers(subject)
      return access.stream(subject, signal, ({ bytes }) => bytes.streamImageFrame(target, signal))
    },
    getDICOMInstance: async ({ signal, transferSyntax = explicitVrLittleEndian, ...target }) => {
      const { datastoreId, imageSetId, sopInstanceUid } = target
      const subject: Subject = { operation: 'GetDICOMInstance', datastoreId, imageSetId, sopInstanceUid }
      checkIdentifiers({ ...subject, ...target })
      checkTransferSyntax(transferSyntax, subject)
      return access.stream(subject, signal, ({ bytes }) =>
        bytes.getDICOMInstance({ ...target, transferSyntax }, signal),
      )
    },
  }
}
