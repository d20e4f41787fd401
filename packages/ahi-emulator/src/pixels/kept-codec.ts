import { UnstorableFrameError } from './unstorable-frame-error.ts'

/** Calls a codec. What it throws comes as {@link UnstorableFrameError}. */
type UseCodec<Codec> = <Result>(call: (codec: Codec) => Result) => Promise<Result>

/** Keeps one instance of a WebAssembly codec; after a failure the next call gets a fresh one, whose memory is whole. */
export function createKeptCodec<Codec>(load: () => Promise<Codec>): UseCodec<Codec> {
  let loading: Promise<Codec> | undefined
  return async (call) => {
    loading ??= load()
    const codec = await loading
    try {
      return call(codec)
    } catch (cause) {
      if (cause instanceof UnstorableFrameError) throw cause
      loading = undefined
      const why = cause instanceof Error ? cause.message : String(cause)
      throw new UnstorableFrameError(`a frame cannot be encoded: ${why}`, { cause })
    }
  }
}
