"""What the shop does about its stock by itself: it tells the owner."""
