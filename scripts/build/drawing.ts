/** A drawing: an SVG in a size. */
import { Resvg } from '@resvg/resvg-js'

export interface Drawing {
  /** Its width and height. */
  readonly size: number
  readonly png: Uint8Array
  /** Red, green, blue and opacity of each pixel, from the top; the colours multiplied by the opacity. */
  readonly rgba: Uint8Array
}

/** Of a square SVG. */
export function draw(svg: string, size: number): Drawing {
  const image = new Resvg(svg, { fitTo: { mode: 'width', value: size } }).render()
  return { size, png: image.asPng(), rgba: image.pixels }
}
