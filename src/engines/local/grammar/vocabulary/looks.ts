/** Words for grades, film and mood. */
import { look, type Action, type Entry } from './meaning.ts'

const whole = (operation: string): Action => ({
  operation,
  dial: { key: 'amount', base: 1, least: 0, most: 1 },
})

/** A look whose name is also a thing that could be asked for: "add a sunset" is content, "sunset colours" is not. */
function scene(phrases: string, operation: string): Entry {
  return [phrases, { kind: 'do', group: 'look', actions: [whole(operation)], isScene: true }]
}

export const LOOKS: readonly Entry[] = [
  look(
    'look',
    'golden hour|golden light|golden glow|magic hour|golden hour light|late afternoon light|warm sunlight|golden look',
    'golden_hour',
  ),
  look(
    'look',
    'evening light|evening sun|evening sunlight|evening glow|warm evening light|golden evening light|soft evening light',
    'golden_hour',
  ),
  look(
    'look',
    'morning light|morning sun|morning sunlight|morning glow|warm morning light|golden morning light|soft morning light',
    'golden_hour',
  ),
  scene('sunset|sunrise|dusk|dawn|sundown|evening', 'sunset'),
  look(
    'look',
    'sunset colors|sunset light|sunset look|sunset mood|sunset lighting|sunset vibe|sunset tones|evening mood|evening look',
    'sunset',
  ),
  scene('night|nighttime|night time|moonlight|moonlit|midnight|nocturnal', 'night'),
  look('look', 'day for night|night look|night mood|at night|nightly', 'night'),
  scene('autumn|fall colors|autumnal|fall season', 'autumn'),
  look('look', 'autumn look|autumn colors|autumn mood|autumn tones|autumn palette', 'autumn'),
  scene('winter|wintry|wintery', 'winter'),
  look('look', 'winter look|winter mood|winter colors|winter light|frosty|frozen look', 'winter'),
  scene('spring|springtime', 'spring'),
  look('look', 'spring look|spring colors|spring mood|fresh|fresh colors|airy|light and airy', 'spring'),
  scene('summer|summertime|summery', 'summer'),
  look('look', 'summer look|summer colors|summer mood|sunny|sunlit|sun kissed', 'summer'),
  look(
    'look',
    'teal and orange|orange and teal|teal orange|blockbuster|hollywood look|hollywood',
    'teal_orange',
  ),
  look(
    'look',
    'cinematic|cinematically|filmic|movie look|movie like|like a movie|movie still|film still|cinema look|cinema',
    'cinematic',
  ),
  look(
    'look',
    'cyberpunk|neon look|neon colors|neon lights look|synthwave|vaporwave|retrowave|outrun|blade runner|neon lighting',
    'cyberpunk',
  ),
  look(
    'look',
    'dreamy|dreamlike|ethereal|fairytale look|soft and dreamy|romantic|hazy glow|soft focus',
    'dreamy',
  ),
  look(
    'look',
    'moody|dark mood|gloomy|brooding|melancholic|melancholy|dark and moody|somber|sombre',
    'moody',
  ),
  look('look', 'dramatic|dramatically|epic|intense', 'dramatic'),
  look('look', 'high key|highkey|bright and airy', 'high_key'),
  look('look', 'low key|lowkey|dark and dramatic|chiaroscuro', 'low_key'),
  look('look', 'noir|film noir|noir look|detective movie', 'noir'),
  look('look', 'infrared|infra red|infrared look|infrared photo', 'infrared'),
  look(
    'look',
    'film|film look|analog|analogue|analog film|color negative film|film photo|35mm|35 mm|film photography|shot on film|portrait film|analog photo|negative film|film stock',
    'film_negative',
  ),
  look('look', 'slide film|chrome film|diapositive|transparency film|reversal film|slide', 'film_slide'),
  look(
    'look',
    'black and white film|monochrome film|bw film|grainy black and white|high contrast black and white film|street photography',
    'film_monochrome',
  ),
  look(
    'look',
    'vintage|retro|old photo look|old photo|old photograph|aged|antique|nostalgic|old fashioned|old school|seventies|sixties|like an old photo|old timey',
    'vintage',
  ),
  look('look', 'faded|fade|matte|matt|matte look|faded look|lifted blacks|faded film', 'faded'),
  look('look', 'bleach bypass|skip bleach|silver retention|bleached', 'bleach_bypass'),
  look('look', 'cross process|cross processed|cross processing|xpro', 'cross_process'),
  look('look', 'lomo|lomography|toy camera|holga|lo fi|lofi', 'lomo'),
  look('look', 'instant film|instant film look|instant photo colors', 'instant_film'),
  [
    'polaroid|polaroid photo|instant photo|instant photograph|polaroid picture|polaroid style',
    { kind: 'do', group: 'look', actions: [whole('instant_film'), { operation: 'instant_frame' }] },
  ],
]
