/** A proposed presentation context: an abstract syntax with transfer syntaxes (PS3.8 9.3.2.2). */
export interface ProposedContext {
  /** Odd, 1 to 255. */
  readonly id: number
  readonly abstractSyntax: string
  readonly transferSyntaxes: readonly string[]
}

/** The peer's answer to a presentation context (PS3.8 9.3.3.2). */
export interface AnsweredContext {
  readonly id: number
  /** 0: accepted. */
  readonly result: number
  /** Valid only if the context is accepted. */
  readonly transferSyntax: string
}

/** User information of one side (PS3.8 D.1, PS3.7 D.3.3). */
export interface UserInformation {
  /** Longest variable field of a P-DATA-TF that this side accepts. 0: any length. */
  readonly maxPduLength: number
  readonly implementationClassUid: string
  readonly implementationVersionName: string
}

/** The protocol data units of PS3.8 9.3. */
export type Pdu =
  | AssociateRequest
  | AssociateAccept
  | AssociateReject
  | DataTransfer
  | ReleaseRequest
  | ReleaseResponse
  | Abort

/** A-ASSOCIATE-RQ. */
export interface AssociateRequest {
  readonly kind: 'associate-request'
  readonly calledAeTitle: string
  readonly callingAeTitle: string
  readonly contexts: readonly ProposedContext[]
  readonly user: UserInformation
}

/** A-ASSOCIATE-AC. */
export interface AssociateAccept {
  readonly kind: 'associate-accept'
  readonly contexts: readonly AnsweredContext[]
  readonly user: UserInformation
}

/** A-ASSOCIATE-RJ. */
export interface AssociateReject {
  readonly kind: 'associate-reject'
  /** 1: permanent, 2: transient. */
  readonly result: number
  readonly source: number
  readonly reason: number
}

/** P-DATA-TF. */
export interface DataTransfer {
  readonly kind: 'data'
  readonly values: readonly PresentationDataValue[]
}

/** A part of a command or of a data set. Its bytes are a view. */
export interface PresentationDataValue {
  readonly contextId: number
  readonly isCommand: boolean
  readonly isLast: boolean
  readonly bytes: Uint8Array
}

/** A-RELEASE-RQ. */
interface ReleaseRequest {
  readonly kind: 'release-request'
}

/** A-RELEASE-RP. */
interface ReleaseResponse {
  readonly kind: 'release-response'
}

/** A-ABORT. */
interface Abort {
  readonly kind: 'abort'
  /** 0: the application, 2: the upper layer. */
  readonly source: number
  readonly reason: number
}

/** Types of PDUs: their first byte. */
export const pduTypes = {
  associateRequest: 1,
  associateAccept: 2,
  associateReject: 3,
  data: 4,
  releaseRequest: 5,
  releaseResponse: 6,
  abort: 7,
} as const

/** Types of the items in A-ASSOCIATE-RQ and -AC (PS3.8 9.3.2 and 9.3.3, PS3.7 D.3.3.2). */
export const itemTypes = {
  applicationContext: 0x10,
  proposedContext: 0x20,
  answeredContext: 0x21,
  abstractSyntax: 0x30,
  transferSyntax: 0x40,
  userInformation: 0x50,
  maxPduLength: 0x51,
  implementationClassUid: 0x52,
  implementationVersionName: 0x55,
} as const

/** Bytes of type, reserved byte and length. */
export const pduHeaderLength = 6

/** Bytes of length, presentation context and message control header of a presentation data value. */
export const valueHeaderLength = 6

/** The application context of DICOM (PS3.7 A.2.1). */
export const dicomApplicationContext = '1.2.840.10008.3.1.1.1'
