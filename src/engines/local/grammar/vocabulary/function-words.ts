/** Words that steer, join or say nothing. */
import type { Entry, Meaning } from './meaning.ts'
import { ENHANCE } from './tone.ts'

const verb = (sign: -1 | 0 | 1, more: Partial<Extract<Meaning, { kind: 'verb' }>> = {}): Meaning => ({
  kind: 'verb',
  sign,
  invents: null,
  takesWith: false,
  ...more,
})
const degree = (factor: number): Meaning => ({ kind: 'degree', factor })

const VERBS: readonly Entry[] = [
  [
    'increase|boost|raise|lift|amplify|strengthen|intensify|bring up|push up|turn up|bump up|bump|up|more|higher|stronger|deepen|emphasize|bring out|maximize|crank up|gain|heighten',
    verb(1),
  ],
  ['enhance|improve|fix|correct|refine|optimize|polish|beautify|auto', verb(1, { alone: ENHANCE })],
  [
    'decrease|reduce|lower|lessen|less|weaken|tone down|bring down|pull down|turn down|down|fewer|cut down|drop|minimize|dial down|dial back|recover|tame|suppress|weaker',
    verb(-1),
  ],
  [
    'add|put|insert|place|include|draw|paint|give him|give her|give them|create|generate|imagine|wear|wearing|hold|holding|show|introduce|attach|write|stick|hang|sit|sitting|stand|standing|ride|riding|fly|flying|fill in|complete|set',
    verb(1, { invents: 'add' }),
  ],
  [
    'remove|erase|delete|get rid of|take away|take off|take out|eliminate|clear|clean|clean up|wipe|strip|hide|cover up|photoshop out|edit out|lose|clear up',
    verb(-1, { invents: 'remove' }),
  ],
  [
    'replace|swap|substitute|exchange|change|switch|transform into|morph|turn her|turn him|make him|make her|make them|move|open|close|smile|rename|translate|recolor|repaint|redesign|restyle|reimagine|rewrite|rearrange|colour it|combine|merge|blend|merge it|relight|age',
    verb(0, { invents: 'replace', takesWith: true }),
  ],
  ['fill|surround|cover|wash|edge', verb(1, { takesWith: true })],
]

const DEGREES: readonly Entry[] = [
  [
    'slightly|a bit|a little|a little bit|bit|little|a touch|touch|touch of|a hint of|hint of|hint|subtle|subtly|gently|gentle|mild|mildly|lightly|faint|faintly|not too|a tad|tad|delicate|delicately|barely|small amount of|some',
    degree(0.5),
  ],
  ['somewhat|moderately|moderate|a touch more|fairly|rather', degree(0.75)],
  [
    'very|much|a lot|lots of|a lot of|lot|strong|strongly|heavily|heavy|really|significantly|considerably|quite|plenty of|big|bold|boldly|far|so|too|deeply|hard|tight|tighter|tightly',
    degree(1.6),
  ],
  [
    'extremely|extreme|super|ultra|massively|hugely|insanely|maximum|max|totally|completely|way|as much as possible|incredibly',
    degree(2.2),
  ],
  ['twice|double|twice as|twofold', degree(2)],
  ['triple|three times as|threefold', degree(3)],
  ['half as|half as much', degree(0.5)],
]

const JOINS: readonly Entry[] = [
  ['and|plus|also|as well as|as well|or', { kind: 'join', word: 'and' }],
  ['with|while|featuring|plus a', { kind: 'join', word: 'with' }],
  ['without|but without|w o', { kind: 'join', word: 'without' }],
  [
    'then|and then|after that|afterwards|finally|next|lastly|followed by|after which',
    { kind: 'join', word: 'then' },
  ],
  ['but|yet|however|though', { kind: 'join', word: 'but' }],
]

const NEGATIONS: readonly Entry[] = [
  [
    'no|not|dont|do not|don t|never|avoid|exclude|doesnt|does not|must not|should not|shouldnt|isnt|cannot|cant|free of|instead of|rather than|skip',
    { kind: 'negation' },
  ],
  [
    'keep|preserve|maintain|retain|leave|protect|respect|stay|remain|unchanged|intact|same|untouched|as is|do not change|dont change|do not alter|dont alter|dont touch|do not touch',
    { kind: 'keep' },
  ],
]

const WHOLE =
  'image|picture|photo|photograph|photography|pic|shot|frame of|it|this|these|that image|everything|whole|entire|all|overall|scene|logo|artwork|icon|illustration|file|snapshot|selfie|screenshot|portrait|look|looks|tone|tones|mood|style|styles|styled|stylized|stylize|effect|effects|vibe|vibes|feel|feeling|filter|atmosphere|version|grade|grading|color grading|finish|treatment|rendition|rendering|render|appearance|ambiance|ambience|palette|theme|aesthetic|design|pattern|print|art|canvas of|subject|result|output|edges|areas|season|day|daytime|time|weather|world'
const STOP =
  'a|an|the|to|into|in|on|at|by|from|as|is|are|be|was|been|being|its|if|make|makes|turn|convert|transform|apply|use|using|give|gives|create a|please|can|could|would|should|will|you|your|me|my|i|id|we|us|our|want|wants|need|like to|let|lets|just|simply|only a|get|go|set to|render as|do|does|done|try|very own|own|kind|sort|type|so it|there|here|some of|any|bring|take|now|again|else|instead|both|well|wise|too much|around|over|across|percent|px|pixel|degree|deg|stop|stops|ev|times|x|clockwise|counterclockwise|anticlockwise|horizontally|vertically|horizontal|vertical|left|right|top|bottom|middle|center|half|third|quarter|diagonal|diagonally|side|sides|thick|thin|narrow|high|tall|amount|level|levels of|value|of it|point|points|area|format|orientation|corners|ratio|which is|up to|about|approximately|roughly|same time|once|per|off|out|away|directly|itself|quality|tint of|color to|s|k|mm'
const FILLER =
  'beautiful|beautifully|stunning|gorgeous|nice|nicely|amazing|awesome|great|perfect|photorealistic|photo realistic|realistic|hyperrealistic|high quality|best quality|masterpiece|highly detailed|ultra detailed|detailed|intricate|professional|professionally|elegant|stylish|trendy|modern|minimalist|minimal|clean look|premium|luxurious|luxury|fancy|lovely|pretty|magical|artistic|creative|interesting|cool looking|fun|ultra hd|uhd|hd|4k|8k|award winning|trending on artstation|sharp focus|natural|naturally|rich|simple|classic|hand made|handmade|fine|good|better|best|new|unique|tasteful'

export const FUNCTION_WORDS: readonly Entry[] = [
  ...VERBS,
  ...DEGREES,
  ...JOINS,
  ...NEGATIONS,
  [
    'of|that|which|who|whose|where|because|so that|as if|as though|until|for|like|inspired by|reminiscent of|similar to|resembling|under|behind|near|next to|beside|inside|above|below|against|during|through|between|beyond|upon|onto',
    { kind: 'tail' },
  ],
  [WHOLE, { kind: 'whole' }],
  [STOP, { kind: 'stop' }],
  [FILLER, { kind: 'filler' }],
]
