/** A seeded source of numbers, drawn many at a time: its state stays in registers. */
export type RiskRandom = {
  /** Even on (0, 1). */
  uniforms(into: Float64Array): void
  /** Standard normal. */
  normals(into: Float64Array): void
}

const LAYERS = 128
const EDGE = 3.442619855899
const AREA = 9.91256303526217e-3
const { widths, limits, heights } = layers()

/**
 * Creates a source: sfc32 for bits, Marsaglia and Tsang's ziggurat for normal numbers, layer and place from different bits.
 *
 * @see Marsaglia and Tsang, "The Ziggurat Method for Generating Random Variables", 2000
 */
export function createRiskRandom(seed: number, stream: number): RiskRandom {
  const state = Int32Array.of(seed, stream, 0x9e3779b9, 1)
  const source = {
    uniforms(into: Float64Array): void {
      let a = state[0] ?? 0
      let b = state[1] ?? 0
      let c = state[2] ?? 0
      let counter = state[3] ?? 0
      for (let i = 0; i < into.length; i++) {
        const drawn = (((a + b) | 0) + counter) | 0
        counter = (counter + 1) | 0
        a = b ^ (b >>> 9)
        b = (c + (c << 3)) | 0
        c = (((c << 21) | (c >>> 11)) + drawn) | 0
        into[i] = ((drawn >>> 0) + 0.5) / 4294967296
      }
      state[0] = a
      state[1] = b
      state[2] = c
      state[3] = counter
    },
    normals(into: Float64Array): void {
      let a = state[0] ?? 0
      let b = state[1] ?? 0
      let c = state[2] ?? 0
      let counter = state[3] ?? 0
      for (let i = 0; i < into.length; i++) {
        const drawn = (((a + b) | 0) + counter) | 0
        counter = (counter + 1) | 0
        a = b ^ (b >>> 9)
        b = (c + (c << 3)) | 0
        c = (((c << 21) | (c >>> 11)) + drawn) | 0
        const layer = drawn & (LAYERS - 1)
        const place = drawn >> 7 // 25 signed bits
        if (Math.abs(place) < (limits[layer] ?? 0)) into[i] = place * (widths[layer] ?? 0)
        else {
          state[0] = a
          state[1] = b
          state[2] = c
          state[3] = counter
          const x = outside(layer, place)
          if (x === null) i--
          else into[i] = x
          a = state[0] ?? 0
          b = state[1] ?? 0
          c = state[2] ?? 0
          counter = state[3] ?? 0
        }
      }
      state[0] = a
      state[1] = b
      state[2] = c
      state[3] = counter
    },
  }
  const pair = new Float64Array(2)
  /** What is not inside a layer's rectangle: one time in forty. Null when it is to be drawn again. */
  const outside = (layer: number, place: number): number | null => {
    if (layer === 0) {
      for (;;) {
        source.uniforms(pair)
        const tail = -Math.log(pair[0] ?? 0) / EDGE
        const drop = -Math.log(pair[1] ?? 0)
        if (drop + drop >= tail * tail) return place > 0 ? EDGE + tail : -EDGE - tail
      }
    }
    source.uniforms(pair)
    const x = place * (widths[layer] ?? 0)
    const top = heights[layer - 1] ?? 0
    const bottom = heights[layer] ?? 0
    return bottom + (pair[0] ?? 0) * (top - bottom) < Math.exp(-0.5 * x * x) ? x : null
  }
  source.uniforms(new Float64Array(20)) // mixes the seed in
  return source
}

function layers() {
  const scale = 2 ** 24
  const widths = new Float64Array(LAYERS)
  const limits = new Float64Array(LAYERS)
  const heights = new Float64Array(LAYERS)
  let right = EDGE
  let before = EDGE
  const base = AREA / Math.exp(-0.5 * right * right)
  limits[0] = (right / base) * scale
  limits[1] = 0
  widths[0] = base / scale
  widths[LAYERS - 1] = right / scale
  heights[0] = 1
  heights[LAYERS - 1] = Math.exp(-0.5 * right * right)
  for (let i = LAYERS - 2; i >= 1; i--) {
    right = Math.sqrt(-2 * Math.log(AREA / right + Math.exp(-0.5 * right * right)))
    limits[i + 1] = (right / before) * scale
    before = right
    heights[i] = Math.exp(-0.5 * right * right)
    widths[i] = right / scale
  }
  return { widths, limits, heights }
}
