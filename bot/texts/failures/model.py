"""Failures of `model`, by their codes. What people meet in the chat is marked for translation."""

from bot.texts.catalog import N_

_INSTALL = "pip install '.[inference]'"

SENTENCES = {
    # Pictures
    "picture_archive": N_("This is an archive, not a picture: please send the picture itself."),
    "picture_breaks": N_(
        "This picture cannot be read: something in its file stops the reader. Please send it as a JPEG or PNG."
    ),
    "picture_empty": N_("The picture is empty: the file has no bytes."),
    "picture_file_too_big": N_("The picture file is too big: at most {megabytes} MB can be read."),
    "picture_incomplete": N_(
        "The picture arrived incomplete or damaged: a part of the file is missing. Please send it again."
    ),
    "picture_no_numbers": N_("The picture holds samples that are not numbers."),
    "picture_pdf": N_("A PDF is not a picture: please send a photo or a screenshot of the page."),
    "picture_svg": N_("An SVG drawing cannot be read: please send it as a PNG or JPEG picture."),
    "picture_text": N_("This is a text file, not a picture: please send a JPEG or PNG picture."),
    "picture_too_large": N_("The picture is too large: at most {megapixels} megapixels can be read."),
    "picture_too_slow": N_("This picture takes too long to read. Please send it as an ordinary JPEG or PNG."),
    "picture_unknown": N_("This file is not a picture that can be read: please send a JPEG or PNG picture."),
    "picture_video": N_("This looks like a video or an unknown kind of HEIC file: please send a JPEG or PNG picture."),
    "picture_web_page": N_("This is a web page, not a picture: please send a JPEG or PNG picture."),
    # Questions
    "beams_out_of_range": N_("The number of beams must be between 1 and {most}."),
    "length_out_of_range": N_("The longest answer must be between 1 and {most:,} tokens."),
    "pictures_do_not_fit": N_(
        "I can look at one picture at a time only: this model has no room for several. Please ask about each of them."
    ),
    "pictures_one_only": N_(
        "I can look at one picture at a time only: this model has not learnt to compare pictures. Please ask about "
        "each of them."
    ),
    "pictures_too_many": N_("I can look at {most} pictures at a time. Please ask about fewer of them."),
    "question_empty": N_("The question is empty: please ask something about the picture."),
    "question_failed": N_(
        "The model could not answer this question. Please try a smaller picture or another question."
    ),
    "question_poisonous": N_(
        "This picture or question stopped the model twice, so it was given up. Please try another picture."
    ),
    # Questions that this model's training did not ask (`model.confidence.taught_kinds`)
    "untaught_date": N_("I have not learnt to say when something was or will be: I would only be guessing."),
    "untaught_measure": N_(
        "I have not learnt to say how big, heavy, old or far away something is: I would only be guessing."
    ),
    "untaught_medium": N_(
        "I have not learnt to say whether a picture is a drawing, a photo or something else: I would only be guessing."
    ),
    "untaught_name": N_(
        "I have not learnt to say who somebody is, or what a person or a place is called: I would only be guessing."
    ),
    "untaught_price": N_("I have not learnt to say what something costs: I would only be guessing."),
    "untaught_reason": N_("I have not learnt to say why something is so: I would only be guessing."),
    "untaught_text": N_("I have not learnt to read what is written in a picture: I would only be guessing."),
    "untaught_unseen": N_(
        "I have not learnt to say what somebody thinks or says, or what comes next: I would only be guessing."
    ),
    # Speech
    "sound_breaks": N_(
        "I cannot play this recording: something in its file stops the player. Please write your question."
    ),
    "sound_too_big": N_("This recording is too big: at most {megabytes} MB can be listened to."),
    "sound_too_long": N_(
        "This recording is too long: I listen to {seconds} seconds at most. Please ask in fewer words."
    ),
    "sound_gone": N_("I could not get this recording from Telegram. Please send it again."),
    "sound_too_slow": N_("This recording takes too long to listen to. Please write your question."),
    "sound_unknown": N_("I cannot play this recording. Please write your question."),
    "speech_not_now": N_("I cannot listen just now. Please write your question, or send it again later."),
    "speech_off": N_("I cannot listen to voice messages. Please write your question."),
    "speech_model_missing": (
        "There is no model for speech at {model!r}: VQABOT_SPEECH is auto, off, pocketsphinx, or a folder or hub id of "
        "Whisper, such as openai/whisper-base.en."
    ),
    "speech_model_unusable": "The model for speech at {model!r} cannot be loaded: VQABOT_SPEECH must name a Whisper.",
    "speech_package_missing": (
        "Listening to voice messages needs the package {package}, which is not installed: in the project's folder run "
        "pip install '.[speech]', or set VQABOT_SPEECH=off."
    ),
    # Where an answer came from
    "where_failed": N_("I could not find out where I looked. Please ask the question again, and then where."),
    "where_not_shown": N_("The model that I work with now cannot show where it looked."),
    # Workers
    "worker_ended": "The worker ended with code {code} while it loaded the model; its log says why.",
    "worker_not_started": "The worker cannot be started: {reason}.",
    # A broker's server
    "broker_address": "The broker's address cannot be understood; it looks like redis://:password@host:6379.",
    "broker_full": "The Redis server has no room for a picture.",
    "broker_login": (
        "The Redis server refuses the name or the password, or does not let this user do what is needed: "
        "look at the broker's address."
    ),
    "broker_mode": ("The Redis server is in {mode} mode, which is not supported: name a single server, or the master."),
    "broker_unreachable": "The Redis server cannot be reached ({reason}).",
    "broker_version": "The Redis server is version {version}; {oldest} or newer is needed, or Valkey.",
    # Where and how a model runs
    "device_unknown": "There is no kind of device {device!r}; choose auto, cpu, cuda or cuda:1.",
    "device_missing": "There is no GPU {device!r} that torch can use here; choose auto or cpu.",
    "dtype_unknown": "The number format {dtype!r} is not known; choose one of {known}.",
    "evidence_unreadable": (
        "The file {file} cannot be understood: `vqabot calibrate` writes it anew; without it the model answers, but "
        "does not tell what it does not know."
    ),
    "int8_unsupported": "8-bit weights need a CPU with VNNI instructions and oneDNN; choose another number format.",
    "int8_not_for_family": (
        "8-bit weights are there for Florence-2 alone; choose another number format, such as auto or bfloat16."
    ),
    "threads_negative": "The number of threads must not be negative.",
    # Models
    "blip_of_another_task": (
        "The model in {folder} is a BLIP of another kind ({kind}), which answers no questions. Use one for question "
        "answering (BlipForQuestionAnswering), for example Salesforce/blip-vqa-base."
    ),
    "config_unreadable": "{file} does not say which type of model this is.",
    "family_unknown": "Models of type {type!r} are not supported; supported: {known}.",
    "generation_settings_unknown": (
        "The model's generation_config.json asks for more than is done here: take out what stands there beside the ids "
        "of tokens."
    ),
    "hub_kernels": (
        "{file} asks for attention kernels from the hub ({value}), which would run code of others. "
        "Take the line {name!r} out of it."
    ),
    "hub_packages_missing": (
        f"Models from the hub need packages that are not installed: in the project's folder run {_INSTALL}."
    ),
    "hub_unreachable": (
        "{model} cannot be fetched from the hub, and there is no folder of that name here. "
        "Check the name and the network, or download it and name its folder."
    ),
    "image_settings_cropped": "{file} asks for cropped pictures; only a fixed height and width are supported.",
    "image_settings_missing": "The model in {folder} has no processor: processor_config.json is missing.",
    "image_settings_unreadable": "{file} cannot be understood: it is no JSON of an image processor.",
    "model_missing": (
        "There is no model at {model!r}: name a folder, a ZIP file, a hub id such as "
        "florence-community/Florence-2-base-ft, or 'builtin'."
    ),
    "model_without_config": "{what} holds no model: config.json is missing.{hint}",
    "model_without_weights": "{what} holds no weights: a .safetensors file is missing.",
    "native_format_elsewhere": (
        "{model} needs remote code and cannot be loaded. Use {native}, which has the same weights for the native "
        "classes."
    ),
    "package_missing": (
        f"Answering needs the package {{package}}, which is not installed: in the project's folder run {_INSTALL}."
    ),
    "package_missing_here": (
        f"Answering needs the package {{package!r}}, which is not installed: {_INSTALL} in a checkout of this project."
    ),
    "picture_takes_all_places": (
        "Pictures of {size} take {taken:,} of the model's {places:,} places and leave no room for a question: use its "
        "checkpoint for smaller pictures."
    ),
    "profile_unreadable": (
        "The file {file} cannot be understood: it must be JSON with prompt_prefix (a text), question_style ({styles}), "
        "pictures (a whole number), untaught (a list of kinds of question) "
        "and calibration (a, b and c: finite numbers, a and b not below 0)."
    ),
    "tokenizer_missing": "The model in {folder} has no tokenizer.json; save its processor beside it.",
    "tokenizer_unreadable": "The tokenizer in {folder} cannot be read: tokenizer.json is damaged.",
    "weights_incomplete": "The weights in {folder} are incomplete: {count} are missing, such as {example}.",
    "weights_of_others": (
        "The model in {folder} is in Microsoft's own format, which needs remote code. "
        "Use the same weights from florence-community, for example florence-community/Florence-2-base-ft."
    ),
    "weights_quantised": (
        "{file} describes quantised weights, which cannot be loaded. Use the model's plain weights; "
        "VQABOT_DTYPE=int8 makes them small when they are loaded."
    ),
    "weights_unreadable": "The weights in {folder} cannot be read: a file is damaged or cut short.",
    "zip_bomb": "{archive} would unpack to {gigabytes:.1f} GB, which no model's ZIP does.",
    "zip_not_unpacked": "{archive} cannot be unpacked: {reason}.",
    "zip_unreadable": "{archive} is not a ZIP file that can be read: it is damaged or cut short.",
    "zip_unsafe": "{archive} is unsafe: it holds {member!r}, which points outside.",
}
