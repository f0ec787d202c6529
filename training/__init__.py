"""The web app: training on patient privacy and social media, its records and its proof."""
