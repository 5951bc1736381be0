export { default as Upscaler } from 'upscaler'
export { default as gans } from '@upscalerjs/esrgan-legacy/gans'
export { default as psnrSmall } from '@upscalerjs/esrgan-legacy/psnr-small'
