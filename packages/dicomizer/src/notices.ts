/** The kind of a notice. */
export type InstanceNoticeCode =
  /** Text does not fit the SpecificCharacterSet of its data set. It is written in ISO_IR 192. */
  | 'CHARACTER_SET_CHANGED'
  /** A value does not fit its VR. It is written in another VR. */
  | 'VALUE_REPRESENTATION_BROKEN'
  /** The value cannot be written. The file lacks it. */
  | 'ATTRIBUTE_NOT_WRITTEN'
  /** An item, such as an icon, describes an image whose pixels the document lacks. */
  | 'ITEM_PIXELS_MISSING'
  /** Attributes contradicted the verified frames. They were changed to match the frames. */
  | 'PIXEL_DESCRIPTION_CORRECTED'
  /** The code stream is lossy, and the attributes did not say so. */
  | 'LOSSY_COMPRESSION_DECLARED'
  /** The frames are in a different transfer syntax than the document states. */
  | 'TRANSFER_SYNTAX_CORRECTED'
  /** Decoded pixels were requested, but the frames are encapsulated as they are stored. */
  | 'PIXELS_NOT_DECODED'
  /** Bytes follow the end of a code stream, or its end marker is missing. */
  | 'CODE_STREAM_END'
  /** A frame has no bytes. It is written empty. */
  | 'FRAME_EMPTY'
  /** The frames cannot be used, so the whole instance was fetched. */
  | 'WHOLE_INSTANCE_USED'
  /** A picture does not use an attribute, for example an invalid number or a table that contradicts its descriptor. */
  | 'PICTURE_ATTRIBUTE_INVALID'
  /** An animation uses a default frame rate, because no attribute gives one. */
  | 'FRAME_TIME_ASSUMED'
  /** An animation of a series uses a default window, because no attribute gives one. */
  | 'WINDOW_ASSUMED'
  /** Frames could not be compared with a checksum of AHI. */
  | 'FRAMES_UNVERIFIED'
  /** The destination stored the instance with a warning. */
  | 'DESTINATION_WARNING'
  /** The DICOMDIR has an invented value for a key that the instance lacks. */
  | 'DIRECTORY_KEY_INVENTED'
  /** The series makes several volumes. */
  | 'SERIES_SPLIT'
  /** Slices of a volume are shifted against each other: its affine has a shear. */
  | 'GANTRY_TILT'
  /** Slices of a volume have no frame. They are filled. */
  | 'SLICES_FILLED'
  /** A volume of one slice has a default slice thickness, because no attribute gives one. */
  | 'SLICE_SPACING_ASSUMED'
  /** The voxels of a volume are real-world values, because slices differ in their rescale values. */
  | 'RESCALE_DIFFERS'
  /** The voxels of a volume are stored values. The Modality LUT is not applied. */
  | 'MODALITY_LUT_NOT_APPLIED'
  /** Slices of a volume differ in their values of the fourth axis. */
  | 'FOURTH_AXIS_VARIES'

/** Information for readers of a written instance. It names tags and codes, never values. */
export interface InstanceNotice {
  readonly code: InstanceNoticeCode
  /**
   * The tag of the attribute as `GGGGEEEE`, or the document's key if it has no tag. Absent if the notice is about no
   * attribute.
   */
  readonly tag?: string | undefined
  readonly message: string
  /** True if the file lacks something that the metadata document has. */
  readonly isLoss: boolean
}

/** Collects the notices of one instance. */
export interface NoticeCollector {
  /** Adds a notice. A second notice with the same code and tag is ignored. */
  add(notice: {
    readonly code: InstanceNoticeCode
    readonly tag?: string | undefined
    readonly message: string
    readonly isLoss?: boolean
  }): void
  /** Returns the notices, oldest first. */
  list(): readonly InstanceNotice[]
  /** Removes all notices. */
  clear(): void
}

/** Returns an empty collector. */
export function createNoticeCollector(): NoticeCollector {
  // Most instances have no notice, so the map is created with the first one.
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
