/** What a notice is about. */
export type InstanceNoticeCode =
  /** Text does not fit the SpecificCharacterSet of its data set; it is written in ISO_IR 192. */
  | 'CHARACTER_SET_CHANGED'
  /** A value is none of its VR; it is kept in another VR. */
  | 'VALUE_REPRESENTATION_BROKEN'
  /** Nothing can hold the value: the file is without it. */
  | 'ATTRIBUTE_NOT_WRITTEN'
  /** An item, such as an icon, describes an image and the document does not have its pixels. */
  | 'ITEM_PIXELS_MISSING'
  /** Attributes of the pixels said something else than the verified code stream, which they now follow. */
  | 'PIXEL_DESCRIPTION_CORRECTED'
  /** The code stream is lossy and the attributes did not say so. */
  | 'LOSSY_COMPRESSION_DECLARED'
  /** The frames are in another transfer syntax than the document says. */
  | 'TRANSFER_SYNTAX_CORRECTED'
  /** Decoded pixels were asked for, and the frames are encapsulated as they are stored. */
  | 'PIXELS_NOT_DECODED'
  /** Bytes follow the end of a code stream, or its end is missing; the frame is written as it is, or decoded. */
  | 'CODE_STREAM_END'
  /** A frame has no bytes; it is written empty. */
  | 'FRAME_EMPTY'
  /** The frames could not serve, and the whole instance was fetched. */
  | 'WHOLE_INSTANCE_USED'
  /** A picture does not use an attribute as it is: a number that is none, a table that does not fit its descriptor. */
  | 'PICTURE_ATTRIBUTE_INVALID'
  /** An animation shows its frames at a rate that no attribute gives. */
  | 'FRAME_TIME_ASSUMED'
  /** An animation of a series shows grey values by a window that no attribute gives. */
  | 'WINDOW_ASSUMED'
  /** Frames could not be compared with a checksum of AHI. */
  | 'FRAMES_UNVERIFIED'
  /** The destination took the instance and warned of something. */
  | 'DESTINATION_WARNING'
  /** The DICOMDIR has a value for a key that the instance lacks. */
  | 'DIRECTORY_KEY_INVENTED'
  /** The series makes several volumes. */
  | 'SERIES_SPLIT'
  /** Slices of a volume are shifted against each other: its affine has a shear. */
  | 'GANTRY_TILT'
  /** Slices of a volume have no frame. */
  | 'SLICES_FILLED'
  /** Nothing tells how thick the one slice of a volume is. */
  | 'SLICE_SPACING_ASSUMED'
  /** Slices differ in their rescale values: the voxels of a volume are real-world values. */
  | 'RESCALE_DIFFERS'
  /** A Modality LUT makes real-world values, and voxels are stored values. */
  | 'MODALITY_LUT_NOT_APPLIED'
  /** Slices of a volume differ in their values of the fourth axis. */
  | 'FOURTH_AXIS_VARIES'

/** Something that a reader of a written instance should know. It names tags and codes, never values. */
export interface InstanceNotice {
  readonly code: InstanceNoticeCode
  /** `GGGGEEEE`, where it is about one attribute, of the data set or of an item; the document's key where it has no tag. */
  readonly tag?: string | undefined
  readonly message: string
  /** Whether something of the metadata document is not in the file. */
  readonly isLoss: boolean
}

/** Gathers the notices of one instance. */
export interface NoticeCollector {
  /** Keeps a notice; one of the same code and tag is kept once. */
  add(notice: {
    readonly code: InstanceNoticeCode
    readonly tag?: string | undefined
    readonly message: string
    readonly isLoss?: boolean
  }): void
  /** Those so far, in the order in which they came. */
  list(): readonly InstanceNotice[]
  /** Forgets all of them. */
  clear(): void
}

/** Makes an empty collector. */
export function createNoticeCollector(): NoticeCollector {
  // Most instances have none.
  let notices: Map<string, InstanceNotice> | undefined
  return {
    add({ code, tag, message, isLoss = false }) {
      const key = `${code} ${tag ?? ''}`
      notices ??= new Map()
      if (!notices.has(key)) notices.set(key, { code, tag, message, isLoss })
    },
    list: () => (notices === undefined ? [] : [...notices.values()]),
    clear: () => notices?.clear(),
  }
}
