import ij.ImagePlus;
import ij.ImageStack;
import ij.io.Opener;
import ij.measure.Measurements;
import ij.measure.ResultsTable;
import ij.plugin.filter.EDM;
import ij.plugin.filter.GaussianBlur;
import ij.plugin.filter.ParticleAnalyzer;
import ij.process.ByteProcessor;
import ij.process.ImageProcessor;

/**
 * Prints what ImageJ's "Analyze Particles" finds in frames of a TIFF: frame, y, x, area in px.
 *
 * <p>usage: java -cp ij.jar ImageJParticles.java RECORDING SIGMA_PX METHOD WATERSHED FRAME...
 *
 * <p>Gaussian Blur, the threshold METHOD (Default, Otsu, ...; "Default dark" for bright particles on
 * a dark background) of each frame, Watershed where WATERSHED is 1, then particles of 7 px and more
 * that touch no edge.
 */
public class ImageJParticles {
  private static final double SMALLEST_PX = 7;

  public static void main(String[] arguments) {
    ImagePlus recording = new Opener().openImage(arguments[0]);
    double sigma = Double.parseDouble(arguments[1]);
    boolean watershed = arguments[3].equals("1");
    ImageStack stack = recording.getStack();
    System.out.println("frame,y_px,x_px,area_px2");
    for (int i = 4; i < arguments.length; ++i) {
      int frame = Integer.parseInt(arguments[i]);
      ImageProcessor image = stack.getProcessor(frame + 1).convertToFloat();
      if (sigma > 0) {
        new GaussianBlur().blurGaussian(image, sigma);
      }
      image.setAutoThreshold(arguments[2] + " no-lut 16-bit");
      ByteProcessor mask = image.createMask();
      if (watershed) {
        new EDM().toWatershed(mask);
      }
      mask.setThreshold(255, 255, ImageProcessor.NO_LUT_UPDATE);
      ResultsTable table = new ResultsTable();
      ParticleAnalyzer analyzer = new ParticleAnalyzer(
          ParticleAnalyzer.EXCLUDE_EDGE_PARTICLES, Measurements.AREA | Measurements.CENTROID,
          table, SMALLEST_PX, Double.POSITIVE_INFINITY);
      analyzer.setHideOutputImage(true);
      if (!analyzer.analyze(new ImagePlus("mask", mask), mask)) {
        throw new IllegalStateException("frame " + frame + ": ImageJ analysed no particles");
      }
      for (int row = 0; row < table.size(); ++row) {
        // ImageJ's pixel centres lie on half integers, mote's on integers.
        System.out.printf("%d,%.4f,%.4f,%.1f%n", frame, table.getValue("Y", row) - 0.5,
            table.getValue("X", row) - 0.5, table.getValue("Area", row));
      }
    }
    System.exit(0);  // the threads of its filters wait for more
  }
}
